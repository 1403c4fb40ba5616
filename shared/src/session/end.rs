//! Ending sessions: one, or all of a user but one.

use serde_json::json;

use super::SessionError;
use super::store::{Session, SessionsEnded};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::id::{SessionId, UserId};
use crate::settings;
use crate::store::{Condition, Entity, Write};

/// The writes that end `session`, for a reason that is a stable word of the audit record, such as `signed_out`. They are refused
/// if it has ended already.
#[must_use]
pub fn end_writes(app: &App, session: &Session, reason: &'static str, cause: &Cause<'_>) -> Vec<Write> {
    let event = cause
        .event(app, EventKind::SessionEnded)
        .to(&session.user)
        .with(json!({ "session": session.id, "reason": reason, "clients": session.clients }));
    vec![Write::delete::<Session>(session.key(), &[Condition::Exists]), event.announce()]
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
