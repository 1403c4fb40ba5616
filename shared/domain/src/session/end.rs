//! Ending sessions.

use serde_json::json;

use super::store::Session;
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::store::{Condition, Entity, Stored, Write};

/// The writes that end `session`, for a reason that is a stable word of the audit record, such as `signed_out`. They are refused
/// if it has ended already.
#[must_use]
pub fn end_writes(app: &App, session: &Session, reason: &'static str, cause: &Cause<'_>) -> Vec<Write> {
    let end = Write::delete::<Session>(session.key(), &[Condition::Exists]);
    vec![end, announcement(app, session, reason, cause)]
}

/// As [`end_writes`], but refused as well if the session was used since it was read: so that every client which it was used for is
/// told of its end.
#[must_use]
pub fn end_as_read_writes(
    app: &App,
    session: &Stored<Session>,
    reason: &'static str,
    cause: &Cause<'_>,
) -> Vec<Write> {
    vec![Write::consume(session), announcement(app, session, reason, cause)]
}

fn announcement(app: &App, session: &Session, reason: &'static str, cause: &Cause<'_>) -> Write {
    let event = cause.event(app, EventKind::SessionEnded).to(&session.user);
    let facts = json!({ "session": session.id, "reason": reason, "clients": session.clients });
    event.with(facts).announce()
}
