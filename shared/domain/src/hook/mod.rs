//! Hooks and events: what happened is announced from here. An event is written in the transaction of the change it tells of
//! (the outbox pattern); the stream of the outbox table brings it to events-dispatch, and from there to queues.

mod batch;
mod cause;
mod dispatch;
mod event;
mod later;

pub use batch::{Failures, Queued, read_batch};
pub use cause::Cause;
pub use dispatch::dispatch;
pub use event::{Actor, Event, EventKind};
pub use later::{ATTEMPTS, bring_later, wait_after};

/// Events rest in the outbox so long before DynamoDB collects them; the stream keeps them 24 hours on its own.
pub const OUTBOX_RETENTION: std::time::Duration = std::time::Duration::from_secs(7 * 24 * 3600);

#[cfg(test)]
mod tests;
