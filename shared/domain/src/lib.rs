//! Who and what Latchkey knows: keys, settings, users, credentials, sessions, clients, and what is told of them.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

#[macro_use(names)]
extern crate foundation;

use foundation::{app, assurance, clock, config, fetch, http, id, page, rng, secret, store};

pub mod audit;
pub mod client;
pub mod credential;
pub mod hook;
pub mod identity;
pub mod keys;
pub mod limit;
pub mod message;
pub mod session;
pub mod settings;
