//! Authenticators: what customers prove who they are with.

mod error;
pub mod password;

pub use error::CredentialError;
