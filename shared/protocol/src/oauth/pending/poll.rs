//! Polling (RFC 8628 §3.5): where the request stands, and how often a client may ask. Who asks too early waits five seconds longer from
//! then on.

use super::{INTERVAL, Pending, key};
use crate::app::App;
use crate::clock::Timestamp;
use crate::oauth::OAuthError;
use crate::oauth::grants::Terms;
use crate::store::{self, Condition, StoreError, Update};

/// So much earlier a poll may come than it should, in seconds: clocks count whole ones.
const TOLERANCE: u64 = 1;

/// Where a request stands.
#[derive(Debug, PartialEq)]
pub(in crate::oauth) enum Standing<'a> {
    /// The customer has not decided.
    Open,
    /// The customer said yes, and the tokens were not given yet.
    Granted(&'a Terms),
    /// The customer said no.
    Denied,
    /// Nobody decided in time, or nobody came for the tokens.
    Expired,
    /// The tokens were given.
    Redeemed,
}

impl Pending {
    pub(in crate::oauth) fn standing(&self, now: Timestamp) -> Standing<'_> {
        match (&self.granted, self.decided_at) {
            _ if self.redeemed_at.is_some() => Standing::Redeemed,
            (None, Some(_)) => Standing::Denied,
            _ if self.expires_at <= now => Standing::Expired,
            (Some(terms), _) => Standing::Granted(terms),
            (None, None) => Standing::Open,
        }
    }

    /// When the client may poll again that polls at `now`.
    fn next_poll(&self, now: Timestamp, interval: u64) -> Timestamp {
        now.plus(std::time::Duration::from_secs(interval.saturating_sub(TOLERANCE)))
    }
}

/// Counts a poll of a request that is open: the answer is that the client has to wait, or that it has to wait longer. One write, two
/// for who is too early.
pub(in crate::oauth) async fn pace(app: &App, pending: &Pending) -> Result<OAuthError, StoreError> {
    let now = app.clock.now();
    let timely = Update::of::<Pending>(key(&pending.hash))
        .set("next_poll_at", &pending.next_poll(now, pending.interval))
        .when(&[Condition::Exists, Condition::AtMost("next_poll_at", now.0)]);
    match store::write(app, timely).await {
        Ok(()) => return Ok(OAuthError::AuthorizationPending),
        Err(StoreError::Refused { .. }) => {}
        Err(error) => return Err(error),
    }
    let longer = pending.interval.saturating_add(INTERVAL);
    let early = Update::of::<Pending>(key(&pending.hash))
        .add("interval", INTERVAL.cast_signed())
        .set("next_poll_at", &pending.next_poll(now, longer))
        .when(&[Condition::Exists]);
    match store::write(app, early).await {
        Ok(()) | Err(StoreError::Refused { .. }) => Ok(OAuthError::SlowDown),
        Err(error) => Err(error),
    }
}
