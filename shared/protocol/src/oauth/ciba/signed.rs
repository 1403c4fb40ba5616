//! Signed requests (CIBA Core §7.1.1): the parameters as claims of a JWT that the client has signed. Only what is in it counts, and only
//! once.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::client::{self, Client, Once, OnceKind};
use crate::http::Params;
use crate::keys::jws::{self, Jws, JwsError, Recipients};
use crate::oauth::OAuthError;
use crate::oauth::authorization::claimed_params;
use crate::store::Write;

/// What may stand beside a signed request: what proves who the client is.
const BESIDE: [&str; 5] =
    ["request", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// What it must say about itself.
#[derive(Deserialize)]
struct About {
    iss: String,
    aud: Recipients,
    #[serde(flatten)]
    once: Once,
}

/// What was signed: the parameters, and the write that uses the signature up with the request.
pub(super) struct Signed {
    pub(super) params: Params,
    pub(super) spends: Write,
}

/// What was signed of the request in `outer`, where something was.
///
/// # Errors
/// When the signature is missing and must be there, or does not hold.
pub(super) async fn open(app: &App, client: &Client, outer: &Params) -> Result<Option<Signed>, OAuthError> {
    let registered = client.backchannel.as_ref().and_then(|own| own.request_algorithm.as_ref());
    let Some(text) = outer.get("request") else {
        return match registered {
            Some(_) => Err(refused("the client is registered for signed ones, and there is none")),
            None => Ok(None),
        };
    };
    if let Some((name, _)) = outer.iter().find(|(name, _)| !BESIDE.contains(name)) {
        return Err(refused(&format!("`{name}` must be in it, not beside it")));
    }
    let wrong = |error: JwsError| refused(&error.to_string());
    let jws = Jws::parse(text, jws::LIMIT).map_err(wrong)?;
    let about = client::verify_request::<About>(app, client, &jws, registered).await?;
    let about = about.map_err(|fault| refused(&fault))?;
    let spends = about.check(app, client)?;
    let claims: Map<String, Value> = jws.unverified().map_err(wrong)?;
    let params =
        claimed_params(&client.id, &claims).ok_or_else(|| refused("its claims are not parameters"))?;
    Ok(Some(Signed { params, spends }))
}

/// The refusal of what was used before.
fn refused(why: &str) -> OAuthError {
    OAuthError::InvalidRequest(format!("`request`: {why}").into())
}

impl About {
    fn check(&self, app: &App, client: &Client) -> Result<Write, OAuthError> {
        let times = &self.once.times;
        if self.iss != client.id {
            return Err(refused("its `iss` is not the client"));
        }
        if !self.aud.include(std::slice::from_ref(&app.config.issuer)) {
            return Err(refused("its `aud` is not this issuer"));
        }
        if times.exp.is_none() || times.iat.is_none() || times.nbf.is_none() {
            return Err(refused("`exp`, `iat` and `nbf` are required"));
        }
        if !times.is_recent(app.clock.now()) {
            return Err(refused(
                "its `nbf` is more than 60 minutes ago, or its `exp` more than 60 minutes after that",
            ));
        }
        let detail = "it has expired, is not yet valid, is valid for more than an hour, or its `jti` is empty or too long";
        self.once.spend(app, &client.id, OnceKind::BackchannelRequest).ok_or_else(|| refused(detail))
    }
}
