//! The beginning of a grant.

use serde_json::json;

use super::{Grant, ended};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::store::Write;
use crate::{identity, session};

/// The writes of `grant` itself, and of its event.
pub(in crate::oauth) fn created(app: &App, grant: &Grant, cause: &Cause<'_>) -> [Write; 2] {
    let terms = &grant.terms;
    let event = cause.event(app, EventKind::GrantCreated).to(&terms.user).of_client(&terms.client);
    let event = event.with(json!({ "grant": grant.id, "session": terms.session, "scopes": terms.scopes }));
    [Write::create(grant), event.announce()]
}

/// When a customer approved what begins now, in milliseconds.
#[derive(Clone, Copy)]
pub(in crate::oauth) struct Approved {
    /// When the handle of their session was made: the approval ends with sessions that are ended all at once.
    pub(in crate::oauth) handle_millis: i64,
    /// When they did.
    pub(in crate::oauth) at_millis: i64,
}

/// The writes that begin `grant`, which was approved before, if somebody was asked: refused when the customer was blocked, signed out or
/// withdrew it since. Put them after the write that consumes what the grant is given for.
pub(in crate::oauth) fn begin_writes(
    app: &App,
    grant: &Grant,
    approved: Option<Approved>,
    cause: &Cause<'_>,
) -> Vec<Write> {
    let terms = &grant.terms;
    let mut writes = vec![identity::active_check(&terms.user)];
    writes.extend(created(app, grant, cause));
    if let Some(Approved { handle_millis, at_millis }) = approved {
        let within = terms.session.as_ref();
        writes.extend(within.map(|within| session::survives_check(&terms.user, within, handle_millis)));
        writes.extend(ended::checks(terms, at_millis));
    }
    writes
}
