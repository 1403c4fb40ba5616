//! Signed requests (CIBA Core §7.1.1): the parameters as claims of a JWT that the client has signed. Only what is in it counts.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::client::{self, Client, ClientError};
use crate::http::Params;
use crate::keys::Algorithm;
use crate::keys::jws::{self, Jws, JwsError, Recipients, Times};
use crate::oauth::OAuthError;
use crate::oauth::authorization::claimed_params;

/// What may stand beside a signed request: what proves who the client is.
const BESIDE: [&str; 5] =
    ["request", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;

/// What it must say about itself.
#[derive(Deserialize)]
struct About {
    iss: String,
    aud: Recipients,
    jti: String,
    #[serde(flatten)]
    times: Times,
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
    let jws = Jws::parse(text, jws::LIMIT).map_err(wrong)?;
    let allowed = registered.map_or(&Algorithm::ALL[..], std::slice::from_ref);
    let keys = match client::key_set_with(app, client, jws.header().kid.as_deref()).await {
        Ok(keys) => keys,
        Err(error @ ClientError::Keys(_)) => return Err(refused(&error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let about: About = jws.verify(&keys, allowed).map_err(wrong)?;
    about.check(app, client)?;
    let claims: Map<String, Value> = jws.unverified().map_err(wrong)?;
    claimed_params(&client.id, &claims).map(Some).ok_or_else(|| refused("its claims are not parameters"))
}

fn wrong(error: JwsError) -> OAuthError {
    refused(&error.to_string())
}

fn refused(why: &str) -> OAuthError {
    OAuthError::InvalidRequest(format!("`request`: {why}").into())
}

impl About {
    fn check(&self, app: &App, client: &Client) -> Result<(), OAuthError> {
        let timed = self.times.exp.is_some() && self.times.iat.is_some() && self.times.nbf.is_some();
        let fault = if self.iss != client.id {
            "its `iss` is not the client"
        } else if !self.aud.include(std::slice::from_ref(&app.config.issuer)) {
            "its `aud` is not this issuer"
        } else if self.jti.is_empty() || self.jti.len() > LONGEST_JTI {
            "its `jti` is empty or too long"
        } else if !timed {
            "`exp`, `iat` and `nbf` are required"
        } else if !self.times.hold(app.clock.now()) {
            "it has expired, or is not yet valid"
        } else {
            return Ok(());
        };
        Err(refused(fault))
    }
}
