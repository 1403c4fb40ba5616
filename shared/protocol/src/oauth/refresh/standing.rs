//! What a presented refresh token is to its family: a pure rule.

use std::time::Duration;

use super::token::is_genuine;
use crate::clock::Timestamp;
use crate::keys::{Handle, HandleKind, Sealer};
use crate::oauth::grants::Grant;

pub(super) const LABEL: &str = "refresh_successor";

/// What a presented token is.
#[derive(Debug)]
pub(in crate::oauth) enum Standing {
    /// The current one.
    Current,
    /// The one before, again, soon after it was replaced: here is its successor.
    Retry(Handle),
    /// One that was replaced.
    Reused,
    /// None of this family.
    Foreign,
}

/// What `presented` is to the family of `grant` at `now`.
pub(in crate::oauth) fn standing(
    grant: &Grant,
    presented: &Handle,
    now: Timestamp,
    grace: Duration,
) -> Standing {
    let Some(refreshing) = &grant.refreshing else { return Standing::Foreign };
    let hash = presented.hash();
    if grant.refresh_hash.as_ref() == Some(&hash) {
        return Standing::Current;
    }
    if !is_genuine(&refreshing.seed, presented) {
        return Standing::Foreign;
    }
    let just_replaced =
        refreshing.previous_hash.as_ref() == Some(&hash) && now.since(refreshing.rotated_at) <= grace;
    match refreshing.successor.as_deref().filter(|_| just_replaced).and_then(|sealed| open(presented, sealed))
    {
        Some(successor) => Standing::Retry(successor),
        None => Standing::Reused,
    }
}

fn open(presented: &Handle, sealed: &str) -> Option<Handle> {
    let text = Sealer::of_handle(presented).open(LABEL, sealed)?;
    Handle::parse(HandleKind::RefreshToken, std::str::from_utf8(&text).ok()?)
}
