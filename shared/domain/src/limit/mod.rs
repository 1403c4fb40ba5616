//! Limits: token buckets per caller's address, account and client, and the slowing of guesses at an account.
//!
//! A bucket is one number, the moment at which it will be full again (GCRA): a take moves it on by conditional write, so that
//! parallel callers cannot spend a token twice.

mod bucket;
mod error;
pub mod guess;
mod lease;
mod rate;

use std::net::IpAddr;

pub use bucket::Bucket;
pub use error::LimitError;

use crate::app::App;
use crate::settings;
use bucket::TokenBucket;
use lease::Leases;
use rate::{Decision, Rate};

/// Takes one token out of the bucket of `key`: a text that names the caller, the account or the client.
///
/// # Errors
/// [`LimitError::Exceeded`] when there is none, and for how long.
pub async fn take(app: &App, bucket: Bucket, key: &str) -> Result<(), LimitError> {
    let settings = settings::load(app).await?;
    let Some(rate) = Rate::of(bucket, &settings.limits) else { return Ok(()) };
    let lease = bucket.policy().lease;
    if lease <= 1 {
        return spend(app, bucket, key, (rate, 1)).await;
    }
    let leases = app.slot::<Leases>();
    let now = app.clock.now();
    if leases.take((bucket, key), now) {
        return Ok(());
    }
    match spend(app, bucket, key, (rate, lease)).await {
        Ok(()) => {
            leases.put((bucket, key), lease - 1, now);
            Ok(())
        }
        Err(LimitError::Exceeded { .. }) => spend(app, bucket, key, (rate, 1)).await,
        Err(error) => Err(error),
    }
}

/// Takes `count` tokens. An idle bucket costs one write, a busy one two, an empty one a refused write.
async fn spend(app: &App, bucket: Bucket, key: &str, (rate, count): (Rate, u32)) -> Result<(), LimitError> {
    const TRIES: usize = 4;
    let now = app.clock.now_millis().saturating_mul(1000);
    let fresh = TokenBucket::new(bucket, key, rate.after(now, now, count));
    let Some(mut full_at) = bucket::open(app, &fresh, now).await? else { return Ok(()) };
    for _ in 0..TRIES {
        match rate.decide(full_at, now, count) {
            Decision::Wait { seconds } => return Err(LimitError::Exceeded { seconds }),
            Decision::Spend { cost, at_most } => match bucket::draw(app, &fresh, (cost, at_most)).await? {
                None => return Ok(()),
                Some(known) => full_at = known,
            },
        }
    }
    Err(LimitError::Exceeded { seconds: 1 })
}

/// The key of a caller's address. An IPv6 subscriber has a whole /64 to choose from (RFC 6177), so that is what is counted.
#[must_use]
pub fn of_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests;
