//! The account centre: what signed-in customers see and change of their own account. Each part has two faces, a page and an API,
//! which call the same rules.

mod caller;
mod device_name;
mod grants;
mod notice;
mod password;
mod profile;
mod sessions;
mod visitor;

pub use caller::{Caller, caller};
pub use grants::{Granted, list_grants, withdraw};
pub use notice::see_other;
pub use password::{NewPassword, change_password};
pub use profile::{change_profile, check_unchanged, etag, profile_json};
pub use sessions::{end_one, list_sessions, session_json, session_row};
pub use visitor::{Visitor, visitor};

use time::OffsetDateTime;

use crate::clock::Timestamp;
use crate::page::Moment;

/// A point in time, as pages show it.
#[must_use]
pub fn moment(at: Timestamp) -> Moment {
    Moment(OffsetDateTime::from_unix_timestamp(at.0).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}
