//! The audit log: one record for each event, `day#<date>#<shard>`/`<time>#<event id>`, found again by customer and by actor.

mod record;

pub use record::{Record, by_actor, by_user, keep};

#[cfg(test)]
mod tests;
