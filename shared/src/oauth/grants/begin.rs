//! The beginning of a grant.

use serde_json::json;

use super::Grant;
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

/// The writes that begin `grant`, which was given in a session whose handle was made at `handle_millis`, if in any: refused when the
/// customer was blocked or signed out everywhere since. Put them after the write that consumes what the grant is given for.
pub(in crate::oauth) fn begin_writes(
    app: &App,
    grant: &Grant,
    handle_millis: Option<i64>,
    cause: &Cause<'_>,
) -> Vec<Write> {
    let terms = &grant.terms;
    let mut writes = vec![identity::active_check(&terms.user)];
    writes.extend(created(app, grant, cause));
    let within = terms.session.as_ref().zip(handle_millis);
    writes.extend(within.map(|(session, millis)| session::survives_check(&terms.user, session, millis)));
    writes
}
