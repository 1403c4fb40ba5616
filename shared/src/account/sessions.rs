//! The browsers that a customer is signed in on.

use serde_json::{Value, json};

use super::device_name::device_name;
use super::moment;
use crate::app::App;
use crate::client;
use crate::flow;
use crate::hook::Cause;
use crate::http::Problem;
use crate::id::{SessionId, UserId};
use crate::keys::sealer;
use crate::page::SessionRow;
use crate::session::{self, Session};
use crate::store::{Cursor, Page};

/// The sealer's label of cursors: they travel outside.
const LABEL: &str = "cursor";
const PAGE: i32 = 100;

/// One page of the sessions, and the sealed cursor of the next one.
///
/// # Errors
/// 400 when `after` is no cursor of ours, or when the store does not answer.
pub async fn list_sessions(
    app: &App,
    user: &UserId,
    (limit, after): (i32, Option<&str>),
) -> Result<(Vec<Session>, Option<String>), Problem> {
    let sealer = sealer(app).await?;
    let wrong = || Problem::invalid_request("`after` is not a cursor of this list");
    let after = match after {
        Some(text) => {
            let opened = sealer.open(LABEL, text).and_then(|bytes| String::from_utf8(bytes).ok());
            Some(Cursor(opened.ok_or_else(wrong)?))
        }
        None => None,
    };
    let (sessions, next) = session::list(app, user, Page { limit, after }).await?;
    let next = next.map(|cursor| sealer.seal(&app.rng, LABEL, cursor.0.as_bytes()));
    Ok((sessions.into_iter().map(|stored| stored.entity).collect(), next))
}

/// A session as the API shows it.
#[must_use]
pub fn session_json(session: &Session, current: Option<&SessionId>) -> Value {
    json!({
        "id": session.id,
        "current": current == Some(&session.id),
        "device": device_name(&session.user_agent),
        "address": session.address,
        "user_agent": session.user_agent,
        "started_at": session.started_at.rfc3339(),
        "last_seen_at": session.last_seen_at.rfc3339(),
        "auth_time": session.auth_time.rfc3339(),
        "acr": session.acr,
        "amr": session.amr,
        "clients": session.clients,
    })
}

/// A session as the page shows it.
///
/// # Errors
/// When the store does not answer.
pub async fn session_row(app: &App, session: &Session, current: &SessionId) -> Result<SessionRow, Problem> {
    let mut clients = Vec::new();
    for id in &session.clients {
        let client = client::find(app, id).await?;
        clients.push(client.map_or_else(|| id.clone(), |client| client.display_name().to_owned()));
    }
    Ok(SessionRow {
        id: session.id.to_string(),
        device: device_name(&session.user_agent),
        address: session.address.clone(),
        started: moment(session.started_at),
        seen: moment(session.last_seen_at),
        current: session.id == *current,
        clients,
    })
}

/// Ends the session of this id, and what was granted in it without `offline_access`.
///
/// # Errors
/// 404 when the customer has no such session.
pub async fn end_one(app: &App, user: &UserId, id: &str, cause: &Cause<'_>) -> Result<(), Problem> {
    let mut page = Page::first(PAGE);
    loop {
        let (sessions, next) = session::list(app, user, page).await?;
        if let Some(session) = sessions.iter().find(|session| session.id.as_str() == id) {
            return Ok(flow::end_session(app, session, cause).await?);
        }
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Err(Problem::not_found("no_such_session", "there is no such session")),
        }
    }
}
