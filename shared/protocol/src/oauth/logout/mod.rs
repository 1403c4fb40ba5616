//! Signing out: a client asks for it (OpenID Connect RP-Initiated Logout 1.0), and every client of the session is told of it, through
//! the browser (Front-Channel Logout 1.0) or from server to server (Back-Channel Logout 1.0).

mod deliver;
mod end;
mod error;
mod frames;
mod hint;
mod request;
#[cfg(test)]
mod tests;
mod token;

pub use deliver::{Outcome, deliver};
pub use end::end;
pub use error::LogoutError;
pub use frames::{Frames, frames};
pub use request::{LogoutRequest, validate};
