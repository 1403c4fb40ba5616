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

/// The parameters of the request in `outer`: those that were signed, where they were.
///
/// # Errors
/// When the signature is missing and must be there, or does not hold.
pub(super) async fn open(app: &App, client: &Client, outer: &Params) -> Result<Option<Params>, OAuthError> {
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
    about.check(app, client)?;
    let claims: Map<String, Value> = jws.unverified().map_err(wrong)?;
    let params =
        claimed_params(&client.id, &claims).ok_or_else(|| refused("its claims are not parameters"))?;
    if about.once.spend(app, client, OnceKind::BackchannelRequest).await? {
        Ok(Some(params))
    } else {
        Err(refused("it was used before"))
    }
}

fn refused(why: &str) -> OAuthError {
    OAuthError::InvalidRequest(format!("`request`: {why}").into())
}

impl About {
    fn check(&self, app: &App, client: &Client) -> Result<(), OAuthError> {
        let times = &self.once.times;
        let fault = if self.iss != client.id {
            "its `iss` is not the client"
        } else if !self.aud.include(std::slice::from_ref(&app.config.issuer)) {
            "its `aud` is not this issuer"
        } else if times.exp.is_none() || times.iat.is_none() || times.nbf.is_none() {
            "`exp`, `iat` and `nbf` are required"
        } else if self.once.until(app.clock.now()).is_none() {
            "it has expired, is not yet valid, is valid for more than an hour, or its `jti` is empty or too long"
        } else {
            return Ok(());
        };
        Err(refused(fault))
    }
}
