//! Redeeming a code: one consistent read, then one transaction that consumes it and begins the token family.

use super::Code;
use crate::app::App;
use crate::client::Client;
use crate::hook::Cause;
use crate::http::Params;
use crate::keys::{Handle, HandleKind};
use crate::oauth::OAuthError;
use crate::oauth::authorization::verifier_matches;
use crate::oauth::grants::{self, Reason};
use crate::oauth::scope::OPENID;
use crate::store::{self, Condition, Entity, Update, Write};

const UNKNOWN: OAuthError =
    OAuthError::InvalidGrant("the code is unknown, expired or was given to another client");

/// What a client presents.
pub(in crate::oauth) struct Presented<'a> {
    client: &'a Client,
    code: &'a str,
    redirect_uri: Option<&'a str>,
    verifier: Option<&'a str>,
    jkt: Option<&'a str>,
}

impl<'a> Presented<'a> {
    /// The code in `params`, from a client that has proven to hold the key `jkt`.
    pub(in crate::oauth) fn of(
        client: &'a Client,
        params: &'a Params,
        jkt: Option<&'a str>,
    ) -> Result<Self, OAuthError> {
        let code = params.get("code").ok_or(OAuthError::missing("code"))?;
        let (redirect_uri, verifier) = (params.get("redirect_uri"), params.get("code_verifier"));
        Ok(Self { client, code, redirect_uri, verifier, jkt })
    }
}

/// The code, where everything that it is bound to is right. It may have been redeemed before.
pub(in crate::oauth) async fn load(app: &App, presented: &Presented<'_>) -> Result<Code, OAuthError> {
    let handle = Handle::parse(HandleKind::Code, presented.code).ok_or(UNKNOWN)?;
    let code = store::get_now::<Code>(app, Code::key_of(&handle.hash())).await?.ok_or(UNKNOWN)?.entity;
    let timely = code.redeemed_at.is_some() || app.clock.now() < code.expires_at;
    if code.terms.client != presented.client.id || !timely {
        return Err(UNKNOWN);
    }
    code.check_binding(presented)?;
    Ok(code)
}

impl Code {
    fn is_openid(&self) -> bool {
        self.terms.scopes.iter().any(|scope| scope == OPENID)
    }

    fn check_binding(&self, presented: &Presented<'_>) -> Result<(), OAuthError> {
        // Plain OAuth leaves the binding to PKCE (OAuth 2.1 §4.1.3); OpenID Connect Core §3.1.3.2 holds to the address.
        let must_name = self.redirect_uri_given && (self.code_challenge.is_none() || self.is_openid());
        let same_address = presented.redirect_uri.map_or(!must_name, |uri| uri == self.redirect_uri);
        if !same_address {
            return Err(OAuthError::InvalidGrant(
                "`redirect_uri` is not the one of the authorization request",
            ));
        }
        if self.jkt.is_some() && self.jkt.as_deref() != presented.jkt {
            return Err(OAuthError::InvalidGrant(
                "the code is bound to another key: prove that of its `dpop_jkt`",
            ));
        }
        match (&self.code_challenge, presented.verifier) {
            (Some(challenge), Some(verifier)) if verifier_matches(challenge, verifier) => Ok(()),
            (Some(_), _) => {
                Err(OAuthError::InvalidGrant("`code_verifier` does not fit the `code_challenge`"))
            }
            // RFC 9700 §4.8.2: somebody has taken the challenge out of the request.
            (None, Some(_)) => {
                Err(OAuthError::InvalidGrant("there was no `code_challenge` for this `code_verifier`"))
            }
            (None, None) => Ok(()),
        }
    }
}

/// The write that consumes `code`: refused when it was consumed before.
pub(in crate::oauth) fn consume(app: &App, code: &Code) -> Write {
    Update::of::<Code>(code.key())
        .set("redeemed_at", &app.clock.now())
        .when(&[Condition::Exists, Condition::Absent("redeemed_at")])
        .into()
}

/// A code came a second time: whoever was first may be a thief, so all that came of it ends (RFC 6749 §4.1.2, RFC 9700 §4.5).
pub(in crate::oauth) async fn revoke_reused(
    app: &App,
    code: &Code,
    cause: &Cause<'_>,
) -> Result<OAuthError, OAuthError> {
    let owner = (&code.terms.user, &code.grant);
    grants::revoke_family(app, owner, Reason::CodeReused, cause).await?;
    Ok(OAuthError::InvalidGrant("the code was used before: the tokens that came of it are revoked"))
}
