//! Browser sessions: the browser binding with its form tokens, the accounts signed in on a browser, and the devices a customer is
//! known on.
//!
//! The cookie `lk_session` holds up to five session handles, the current one first. A handle names its user, so all sessions of a
//! browser and their accounts are one consistent batch read, and a customer's sessions are one query. Each sign-in makes a new handle: a planted
//! cookie never becomes a signed-in one.

mod browser;
mod cookie;
mod device;
mod end;
mod error;
mod load;
mod start;
mod store;
#[cfg(test)]
mod tests;

pub use browser::{Browser, browser, browser_within};
pub use cookie::{cookie_current, cookie_with, cookie_without};
pub use device::{Device, DeviceHandle, device};
pub use end::{end_as_read_writes, end_writes};
pub use error::SessionError;
pub use load::{SignedIn, list, list_all, load_all, touch_write};
pub use start::{Authentication, Start, Started, start};
pub use store::Session;

/// How many accounts may be signed in on one browser.
const ACCOUNTS: usize = 5;
