//! Tokens that a process has taken ahead, so that most requests of a busy client cost no call. What is not spent in time is lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Bucket;
use crate::clock::Timestamp;

const LIFETIME: Duration = Duration::from_secs(10);
/// More clients than one process serves within a lease; beyond it all leases are dropped.
const LIMIT: usize = 10_000;

#[derive(Default)]
pub(super) struct Leases(Mutex<HashMap<(Bucket, String), Lease>>);

struct Lease {
    left: u32,
    until: Timestamp,
}

impl Leases {
    /// Takes one of the tokens taken ahead.
    pub(super) fn take(&self, (bucket, key): (Bucket, &str), now: Timestamp) -> bool {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match leases.get_mut(&(bucket, key.to_owned())) {
            Some(lease) if lease.left > 0 && now < lease.until => {
                lease.left -= 1;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Keeps tokens taken ahead.
    pub(super) fn put(&self, (bucket, key): (Bucket, &str), count: u32, now: Timestamp) {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() >= LIMIT {
            leases.clear();
        }
        leases.insert((bucket, key.to_owned()), Lease { left: count, until: now.plus(LIFETIME) });
    }
}
