//! `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9): a JWT that the client signed, for us, for a short time and once.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Client, ClientError, KeySet, key_set_with};
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::keys::Algorithm;
use crate::store::{self, Entity, Key, Table, Write};

/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;
/// So far ahead an assertion may expire: its `jti` is kept that long.
const AHEAD: Duration = Duration::from_secs(3600);
/// So much the client's clock may differ.
const LEEWAY: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood: we know none (RFC 7515 §4.1.11).
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Recipients {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Recipients,
    exp: f64,
    jti: String,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
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
    parse::<Claims>(assertion.split('.').nth(1)?).map(|claims| claims.iss)
}

/// Whether `assertion` proves `client`; it is used up by that.
pub(super) async fn check(app: &App, client: &Client, assertion: &str) -> Result<bool, ClientError> {
    let Some(signed) = Signed::read(assertion) else { return Ok(false) };
    let keys = key_set_with(app, client, signed.kid.as_deref()).await?;
    let Some(claims) = signed.verified(client, &keys) else { return Ok(false) };
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

/// What an assertion may be meant for: the issuer, or the endpoint of tokens or of pushed requests, by either of their addresses.
fn recipients(config: &Config) -> Vec<String> {
    let endpoints = ["/oauth2/token", "/oauth2/par"].into_iter().flat_map(|path| config.urls(path));
    [config.issuer.clone()].into_iter().chain(endpoints).collect()
}

/// An assertion taken apart; nothing of it is checked yet.
struct Signed<'a> {
    algorithm: Algorithm,
    kid: Option<String>,
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

impl<'a> Signed<'a> {
    fn read(assertion: &'a str) -> Option<Self> {
        if assertion.len() > LONGEST {
            return None;
        }
        let (message, signature) = assertion.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header: Header = parse(header)?;
        let algorithm = Algorithm::find_theirs(&header.alg).filter(|_| header.crit.is_none())?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { algorithm, kid: header.kid, message, claims, signature })
    }

    /// The claims, where one of the client's keys has signed them. The algorithm is one that the client may use, never what the
    /// assertion alone says (RFC 8725 §3.1).
    fn verified(&self, client: &Client, keys: &KeySet) -> Option<Claims> {
        if client.auth_algorithm.is_some_and(|registered| registered != self.algorithm) {
            return None;
        }
        let (kid, message) = (self.kid.as_deref(), self.message.as_bytes());
        keys.verify(kid, self.algorithm, message, &self.signature).then(|| parse(self.claims))?
    }
}

impl Claims {
    /// Until when they hold, if they do at `now`: they are the client's own, for one of `recipients`, and not for long.
    fn hold(&self, client: &Client, recipients: &[String], now: Timestamp) -> Option<Timestamp> {
        let own = self.iss == client.id && self.sub == client.id;
        let meant = |one: &String| recipients.contains(one);
        let ours = match &self.aud {
            Recipients::One(one) => meant(one),
            Recipients::Many(many) => many.iter().any(meant),
        };
        let expires_at = seconds(self.exp)?.plus(LEEWAY);
        let timely = now < expires_at && expires_at <= now.plus(AHEAD).plus(LEEWAY);
        let begun =
            [self.nbf, self.iat].into_iter().flatten().all(|begin| begin <= seconds_of(now.plus(LEEWAY)));
        let named = !self.jti.is_empty() && self.jti.len() <= LONGEST_JTI;
        (own && ours && timely && begun && named).then_some(expires_at)
    }
}

/// A NumericDate (RFC 7519 §2), which may have a fraction.
fn seconds(date: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is not used")]
    let whole = Timestamp(date as i64);
    (date.is_finite() && (0.0..1e12).contains(&date)).then_some(whole)
}

fn seconds_of(moment: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of our times are far below 2^53")]
    let seconds = moment.0 as f64;
    seconds
}

fn parse<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
