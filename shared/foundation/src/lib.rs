//! What every room stands on: `App` with its handles, the store, HTTP, pages, time and chance.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

#[macro_use]
mod names;

pub mod app;
pub mod assurance;
pub mod clock;
pub mod config;
pub mod fetch;
pub mod http;
pub mod id;
pub mod page;
pub mod rng;
pub mod secret;
pub mod store;
