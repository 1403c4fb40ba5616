//! What people go through: signing in and up, recovery, their own account.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

use domain::{client, credential, hook, identity, keys, limit, message, session, settings};
use foundation::{app, assurance, clock, http, id, page, secret, store};
use protocol::{consent, oauth};

pub mod account;
pub mod flow;
