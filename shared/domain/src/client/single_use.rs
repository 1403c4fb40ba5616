//! JWTs of clients that work once: each is remembered until it has expired, `<kind>#<client>#<hash of its jti>` (RFC 7523 §3, 7).

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::keys::jws::{LEEWAY, Times};
use crate::store::{Entity, Key, Table, Write};

/// The longest `jti`, in bytes.
const LONGEST: usize = 256;
/// So far ahead such a JWT may expire: it is remembered that long.
const AHEAD: Duration = Duration::from_secs(3600);

/// What a JWT that works once says of that.
#[derive(Deserialize)]
pub struct Once {
    jti: String,
    /// Its times.
    #[serde(flatten)]
    pub times: Times,
}

names! {
    /// What works once. One of a kind does not use up one of another.
    OnceKind {
        /// What proves a client.
        Assertion "assertion",
        /// What names a customer, by an issuer whom the deployment trusts.
        Grant "grant",
        /// A request that it signed for a customer elsewhere.
        BackchannelRequest "backchannel_request",
    }
}

/// One that was used.
#[derive(Serialize, Deserialize)]
struct Used {
    kind: OnceKind,
    client: String,
    hash: String,
    expires_at: Timestamp,
}

impl Entity for Used {
    const TYPE: &'static str = "assertion";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("{}#{}#{}", self.kind.name(), self.client, self.hash), "assertion")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Once {
    /// Until when it holds, if it does at `now`: it has a name of its own, and expires within an hour.
    fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let expires_at = self.times.end()?;
        let timely = self.times.hold(now) && expires_at <= now.plus(AHEAD).plus(LEEWAY);
        let named = !self.jti.is_empty() && self.jti.len() <= LONGEST;
        (timely && named).then_some(expires_at)
    }

    /// Whether it holds at `now`, used or not.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until(now).is_some()
    }

    /// The write that uses up what `maker` has made, refused where that is not the first time; none for one that does not hold.
    #[must_use]
    pub fn spend(&self, app: &App, maker: &str, kind: OnceKind) -> Option<Write> {
        let now = app.clock.now();
        let expires_at = self.until(now)?;
        let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.jti.as_bytes()));
        let used = Used { kind, client: maker.to_owned(), hash, expires_at };
        Some(Write::create_or_expired(&used, now))
    }
}
