//! OAuth 2 and OpenID Connect: authorization requests, grants, tokens, consent.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

use domain::{client, hook, identity, keys, limit, message, session, settings};
use foundation::{app, assurance, clock, config, fetch, http, id, page, rng, secret, store};

pub mod consent;
pub mod oauth;
