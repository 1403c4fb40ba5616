//! The local host.
pub mod aws;
