//! Runs the real binaries as Lambda would: a small Lambda Runtime API, and the AWS stand-ins over loopback.

mod api;
pub mod cold;
pub mod process;
mod sandbox;
mod world;

pub use api::Outcome;
pub use sandbox::{Sandbox, SandboxError};
pub use world::{World, WorldError};
