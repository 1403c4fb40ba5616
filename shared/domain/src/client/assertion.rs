//! `private_key_jwt` and `client_secret_jwt` (RFC 7523 §3, OpenID Connect Core §9): a JWT that the client signed or authenticated, for
//! us, for a short time and once.

use serde::Deserialize;

use super::error::Tried;
use super::single_use::{Once, OnceKind};
use super::{AuthMethod, Client, ClientError, signed};
use crate::app::App;
use crate::config::Config;
use crate::keys::jws::{Jws, JwsError, Mac, Recipients};
use crate::keys::sealer;
use crate::store;

/// What an assertion may be authenticated with: a longer hash would want a longer secret (RFC 7518 §3.2).
pub const ASSERTION_MACS: [Mac; 1] = [Mac::HS256];
/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// Beside the issuer, the endpoints that assertions may be made for, at whichever endpoint they are used (Core §9, RFC 9126 §2, CIBA
/// Core §7.1).
const ENDPOINTS: [&str; 3] = ["/oauth2/token", "/oauth2/par", "/oauth2/bc-authorize"];

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Recipients,
    #[serde(flatten)]
    once: Once,
}

/// Who says to have made `assertion`; nothing of it is checked yet.
#[must_use]
pub fn maker_of_assertion(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    Jws::parse(assertion, LONGEST).ok()?.unverified::<Named>().ok().map(|named| named.iss)
}

/// Whether `assertion` proves `client`; it is used up by that.
pub(super) async fn check(
    app: &App,
    client: &Client,
    assertion: &str,
) -> Result<Result<(), Tried>, ClientError> {
    let Ok(jws) = Jws::parse(assertion, LONGEST) else { return Ok(Err(Tried::Assertion)) };
    let verified = match client.auth_method {
        AuthMethod::ClientSecretJwt => authenticated(app, client, &jws).await?,
        _ => signed::verify(app, client, &jws, client.auth_algorithm.as_ref()).await?,
    };
    let wrong = |fault| Ok(Err(Tried::OwnAssertion(fault)));
    let Claims { iss, sub, aud, once } = match verified {
        Ok(claims) => claims,
        // INVARIANT: claims are read of what was verified alone.
        Err(JwsError::Claims) => return wrong(INCOMPLETE),
        Err(_) => return Ok(Err(Tried::Assertion)),
    };
    if iss != client.id || sub != client.id {
        return wrong("`iss` and `sub` of the `client_assertion` must be the `client_id`");
    }
    if !is_for_us(&app.config, client, &aud) {
        return wrong(if client.compliance.is_fapi2() { NOT_FOR_THE_ISSUER } else { NOT_FOR_US });
    }
    let Some(write) = once.spend(app, &client.id, OnceKind::Assertion) else { return wrong(UNTIMELY) };
    match store::write(app, write).await {
        Ok(()) => Ok(Ok(())),
        Err(error) if error.is_refused() => {
            wrong("the `client_assertion` was used before: each needs a `jti` of its own")
        }
        Err(error) => Err(error.into()),
    }
}

const INCOMPLETE: &str = "the `client_assertion` must have `iss`, `sub`, `aud`, `exp` and `jti`";
const NOT_FOR_US: &str = "`aud` of the `client_assertion` must have the issuer, or the address of an endpoint that takes assertions";
const NOT_FOR_THE_ISSUER: &str =
    "`aud` of the `client_assertion` must be the issuer, as a text: the client keeps the FAPI 2.0 profile";
const UNTIMELY: &str = "the `client_assertion` must have a `jti` of at most 256 bytes and an `exp` within the next hour, and hold now";

/// The claims, if a live secret of the client has authenticated them.
async fn authenticated(
    app: &App,
    client: &Client,
    jws: &Jws<'_>,
) -> Result<Result<Claims, JwsError>, ClientError> {
    let sealer = sealer(app).await?;
    let secrets = client.secrets.iter().filter_map(|secret| secret.open(&sealer, &client.id));
    let mut outcomes = secrets.map(|secret| jws.verify_mac(&secret, &ASSERTION_MACS));
    let made = outcomes.find(|outcome| !matches!(outcome, Err(JwsError::Signature)));
    Ok(made.unwrap_or(Err(JwsError::Signature)))
}

/// Whether an assertion is meant for us: of FAPI clients for the issuer alone, as a text (FAPI 2.0 Security Profile §5.3.2.1, 7).
fn is_for_us(config: &Config, client: &Client, aud: &Recipients) -> bool {
    if client.compliance.is_fapi2() {
        return matches!(aud, Recipients::One(one) if *one == config.issuer);
    }
    aud.include(&recipients(config))
}

/// What an assertion may be meant for, each endpoint by either of its addresses.
fn recipients(config: &Config) -> Vec<String> {
    let endpoints = ENDPOINTS.into_iter().flat_map(|path| config.urls(path));
    [config.issuer.clone()].into_iter().chain(endpoints).collect()
}
