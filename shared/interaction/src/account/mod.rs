//! The account in its owner's hands: what signed-in customers see and change of their own account. Each part has two faces, a page
//! and an API, which call the same rules.

mod caller;
mod device_name;
mod error;
mod grants;
mod notice;
mod password;
mod profile;
mod sessions;
#[cfg(test)]
mod tests;
mod visitor;

pub use caller::{Caller, caller};
pub use error::AccountError;
pub use grants::{Granted, list_grants, withdraw};
pub use notice::see_other;
pub use password::{NewPassword, change_password};
pub use profile::{Change, change_profile, entity_tag, profile_json};
pub use sessions::{Seen, end_one, list_sessions, seen_on};
pub use visitor::{Entry, Visitor, enter};

use time::OffsetDateTime;

use crate::clock::Timestamp;
use crate::page::Moment;

/// A point in time, as pages show it.
#[must_use]
fn moment(at: Timestamp) -> Moment {
    Moment(OffsetDateTime::from_unix_timestamp(at.0).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}
