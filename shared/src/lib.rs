//! Latchkey's common crate: the face of the crates of this folder, a level each. The map of its rooms is docs/architecture.md.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

pub use domain::{audit, client, credential, hook, identity, keys, limit, message, session, settings};
pub use foundation::{app, assurance, clock, config, fetch, http, id, page, rng, secret, store};
pub use interaction::{account, flow};
pub use protocol::{consent, oauth};

#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
pub mod seed;
