//! `private_key_jwt` and `client_secret_jwt` (RFC 7523 §3, OpenID Connect Core §9): a JWT that the client signed or authenticated, for
//! us, for a short time and once.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client, ClientError, key_set_with};
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::keys::Algorithm;
use crate::keys::jws::{Jws, LEEWAY, Mac, Recipients, Times};
use crate::keys::sealer;
use crate::store::{self, Entity, Key, Table, Write};

/// What an assertion may be authenticated with: a longer hash would want a longer secret (RFC 7518 §3.2).
pub const ASSERTION_MACS: [Mac; 1] = [Mac::HS256];
/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;
/// So far ahead an assertion may expire: its `jti` is kept that long.
const AHEAD: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Recipients,
    jti: String,
    #[serde(flatten)]
    times: Times,
}

/// An assertion that was used: `assertion#<client>#<hash of its jti>`, until it has expired.
#[derive(Serialize, Deserialize)]
struct Used {
    client: String,
    hash: String,
    expires_at: Timestamp,
}

impl Entity for Used {
    const TYPE: &'static str = "assertion";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("assertion#{}#{}", self.client, self.hash), "assertion")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Who says to have made `assertion`; nothing of it is checked yet.
pub(super) fn issuer(assertion: &str) -> Option<String> {
    Jws::parse(assertion, LONGEST).ok()?.unverified::<Claims>().ok().map(|claims| claims.iss)
}

/// Whether `assertion` proves `client`; it is used up by that.
pub(super) async fn check(app: &App, client: &Client, assertion: &str) -> Result<bool, ClientError> {
    let Ok(signed) = Jws::parse(assertion, LONGEST) else { return Ok(false) };
    let verified = match client.auth_method {
        AuthMethod::ClientSecretJwt => authenticated(app, client, &signed).await?,
        _ => signed_by(app, client, &signed).await?,
    };
    let Some(claims) = verified else { return Ok(false) };
    let Some(expires_at) = claims.hold(client, &recipients(&app.config), app.clock.now()) else {
        return Ok(false);
    };
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, claims.jti.as_bytes()));
    let used = Used { client: client.id.clone(), hash, expires_at };
    match store::write(app, Write::create_or_expired(&used, app.clock.now())).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_refused() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The claims, if a key of the client has signed them.
async fn signed_by(app: &App, client: &Client, jws: &Jws<'_>) -> Result<Option<Claims>, ClientError> {
    // What no key could make good does not make us ask for keys.
    if jws.algorithm(algorithms(client)).is_err() {
        return Ok(None);
    }
    let keys = key_set_with(app, client, jws.header().kid.as_deref()).await?;
    Ok(jws.verify(&keys, algorithms(client)).ok())
}

/// The claims, if a live secret of the client has authenticated them.
async fn authenticated(app: &App, client: &Client, jws: &Jws<'_>) -> Result<Option<Claims>, ClientError> {
    let sealer = sealer(app).await?;
    let mut secrets = client.secrets.iter().filter_map(|secret| secret.open(&sealer, &client.id));
    Ok(secrets.find_map(|secret| jws.verify_mac(&secret, &ASSERTION_MACS).ok()))
}

/// The algorithms that its assertions may be signed with: the one that it is registered for, or any that we verify.
fn algorithms(client: &Client) -> &[Algorithm] {
    client.auth_algorithm.as_ref().map_or(&Algorithm::ALL, std::slice::from_ref)
}

/// What an assertion may be meant for: the issuer, or the endpoint of tokens or of pushed requests, by either of their addresses.
fn recipients(config: &Config) -> Vec<String> {
    let endpoints = ["/oauth2/token", "/oauth2/par"].into_iter().flat_map(|path| config.urls(path));
    [config.issuer.clone()].into_iter().chain(endpoints).collect()
}

impl Claims {
    /// Until when they hold, if they do at `now`: they are the client's own, for one of `recipients`, and not for long.
    fn hold(&self, client: &Client, recipients: &[String], now: Timestamp) -> Option<Timestamp> {
        let own = self.iss == client.id && self.sub == client.id;
        let expires_at = self.times.end()?;
        let timely = self.times.hold(now) && expires_at <= now.plus(AHEAD).plus(LEEWAY);
        let named = !self.jti.is_empty() && self.jti.len() <= LONGEST_JTI;
        (own && self.aud.include(recipients) && timely && named).then_some(expires_at)
    }
}
