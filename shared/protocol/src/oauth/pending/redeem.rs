//! Giving the tokens: once.

use super::{Pending, key};
use crate::app::App;
use crate::store::{Condition, Update, Write};

/// The write that consumes what was granted. Refused when it was consumed before.
pub(in crate::oauth) fn consume(app: &App, pending: &Pending) -> Write {
    Update::of::<Pending>(key(&pending.hash))
        .set("redeemed_at", &app.clock.now())
        .when(&[Condition::Exists, Condition::Absent("redeemed_at")])
        .into()
}
