//! The arithmetic of a bucket (the generic cell rate algorithm, ITU-T I.371): pure, in microseconds.

use super::bucket::{Bucket, Per};
use crate::settings::LimitSettings;

/// Below this many microseconds between two tokens nothing can exceed the rate from outside: no limit.
const UNLIMITED: i64 = 1000;

/// How fast a bucket fills.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// Between two tokens.
    interval: i64,
    /// From empty to full.
    refill: i64,
}

/// What a take leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Moves the bucket on by `cost`, if it is still full at `at_most` or before.
    Spend { cost: i64, at_most: i64 },
    /// There are too few tokens for so long.
    Wait { seconds: u64 },
}

impl Rate {
    /// The rate of a bucket under these settings; `None` where there is no limit.
    pub(super) fn of(bucket: Bucket, settings: &LimitSettings) -> Option<Self> {
        let policy = bucket.policy();
        let factor = match policy.per {
            Per::Address => settings.per_address,
            Per::Account => settings.per_account,
            Per::Client => settings.per_client,
        };
        let capacity = i64::from(policy.capacity).saturating_mul(i64::from(factor.max(1)));
        let refill = i64::try_from(policy.refill.as_micros()).unwrap_or(i64::MAX);
        let interval = refill / capacity;
        (interval >= UNLIMITED).then_some(Self { interval, refill })
    }

    /// When a bucket that is full at `full_at` is full again after `count` were taken at `now`.
    pub(super) fn after(self, full_at: i64, now: i64, count: u32) -> i64 {
        full_at.max(now).saturating_add(self.interval.saturating_mul(i64::from(count)))
    }

    /// Whether `count` tokens are there at `now` in a bucket that is full at `full_at`.
    pub(super) fn decide(self, full_at: i64, now: i64, count: u32) -> Decision {
        let cost = self.interval.saturating_mul(i64::from(count));
        let at_most = now.saturating_add(self.refill).saturating_sub(cost);
        if full_at <= at_most {
            return Decision::Spend { cost, at_most };
        }
        let micros = u64::try_from(full_at.saturating_sub(at_most)).unwrap_or(1);
        Decision::Wait { seconds: micros.div_ceil(1_000_000) }
    }
}
