//! What people go through: signing in and up, recovery, their own account.

use domain::{client, credential, hook, identity, keys, limit, message, session, settings};
use foundation::{app, assurance, clock, http, id, page, secret, store};
use protocol::{consent, oauth};

pub mod account;
pub mod flow;
