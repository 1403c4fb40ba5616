//! Latchkey's common crate: the domain, and the adapters to AWS. The map of its rooms is docs/architecture.md.

#[macro_use]
mod names;

pub mod account;
pub mod app;
pub mod assurance;
pub mod audit;
pub mod client;
pub mod clock;
pub mod config;
pub mod consent;
pub mod credential;
pub mod fetch;
pub mod flow;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod hook;
pub mod http;
pub mod id;
pub mod identity;
pub mod keys;
pub mod limit;
pub mod message;
pub mod oauth;
pub mod page;
pub mod rng;
pub mod secret;
pub mod seed;
pub mod session;
pub mod settings;
pub mod store;
