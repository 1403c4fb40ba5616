//! Ending sessions: one, or all of a user but one.

use serde_json::json;

use super::SessionError;
use super::store::{Session, SessionsEnded};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::id::{SessionId, UserId};
use crate::settings;
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

/// The write that ends all sessions of `user` at once, but for `except`: put it into the transaction of the change that ends
/// them, with the [`end_writes`] of each as groups.
///
/// # Errors
/// When the settings cannot be read.
pub async fn end_others_write(
    app: &App,
    user: &UserId,
    except: Option<&SessionId>,
) -> Result<Write, SessionError> {
    let longest = settings::load(app).await?.sessions.absolute;
    Ok(Write::put(&SessionsEnded {
        user: user.clone(),
        not_before: app.clock.now_millis(),
        except: except.cloned(),
        expires_at: app.clock.now().plus(longest),
    }))
}
