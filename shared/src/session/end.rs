//! Ending sessions: one, or all of a user but one.

use serde_json::json;

use super::SessionError;
use super::store::{Session, SessionsEnded, session_key};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::id::{SessionId, UserId};
use crate::settings;
use crate::store::{self, Condition, Entity, Order, Page, StoreError, Write};

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
/// them, and call [`end_others`] after it to tell of each.
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

/// Removes every session of `user` but `except`, and announces the end of each. Returns those that it ended.
///
/// # Errors
/// When the store does not answer.
pub async fn end_others(
    app: &App,
    user: &UserId,
    except: Option<&SessionId>,
    (reason, cause): (&'static str, &Cause<'_>),
) -> Result<Vec<Session>, SessionError> {
    const PAGE: i32 = 100;
    let mut ended = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (sessions, next) =
            store::query::<Session>(app, &session_key(user, ""), Order::Ascending, page).await?;
        for session in sessions.into_iter().filter(|session| Some(&session.id) != except) {
            match store::transact(app, end_writes(app, &session, reason, cause)).await {
                Ok(()) => ended.push(session.entity),
                Err(StoreError::Refused { .. }) => {} // it ended meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Ok(ended),
        }
    }
}
