//! The browsers that a customer is signed in on.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::device_name::device_name;
use super::{AccountError, moment};
use crate::app::App;
use crate::client;
use crate::flow;
use crate::hook::Cause;
use crate::id::{SessionId, UserId};
use crate::identity::User;
use crate::keys::{Sealer, sealer};
use crate::page::SessionRow;
use crate::session::{self, Session, SignedIn};
use crate::store::{Cursor, Page, Stored};

/// The sealer's label of the cursors of this list.
const LABEL: &str = "sessions_cursor";
/// So many sessions are one page of the list.
const PAGE: i32 = 100;

/// A cursor as it travels: sealed, and good for its customer alone.
#[derive(Serialize, Deserialize)]
struct Place {
    user: UserId,
    after: String,
}

/// A session, with the names of the clients that it was used for.
pub struct Seen {
    /// The session.
    pub session: Session,
    /// The clients: id and name.
    pub clients: Vec<(String, String)>,
}

/// One page of the sessions, of at most `limit`, and the sealed cursor of the next one.
///
/// # Errors
/// When `limit` or `after` makes no sense, or the store does not answer.
pub async fn list_sessions(
    app: &App,
    user: &User,
    (limit, after): (Option<&str>, Option<&str>),
) -> Result<(Vec<Seen>, Option<String>), AccountError> {
    let sealer = sealer(app).await?;
    let after = after.map(|text| open(&sealer, &user.id, text).ok_or(AccountError::Cursor)).transpose()?;
    let (sessions, next) = session::list(app, user, Page { limit: at_most(limit)?, after }).await?;
    let mut seen = Vec::new();
    for session in sessions {
        seen.push(seen_on(app, session.entity).await?);
    }
    Ok((seen, next.map(|next| seal(app, &sealer, &user.id, next))))
}

fn at_most(limit: Option<&str>) -> Result<i32, AccountError> {
    let Some(limit) = limit else { return Ok(PAGE) };
    limit
        .parse()
        .ok()
        .filter(|limit| (1..=PAGE).contains(limit))
        .ok_or(AccountError::ListLimit { most: PAGE })
}

fn seal(app: &App, sealer: &Sealer, user: &UserId, cursor: Cursor) -> String {
    let place = json!(Place { user: user.clone(), after: cursor.0 });
    sealer.seal(&app.rng, LABEL, place.to_string().as_bytes())
}

fn open(sealer: &Sealer, user: &UserId, text: &str) -> Option<Cursor> {
    let place: Place = serde_json::from_slice(&sealer.open(LABEL, text)?).ok()?;
    (place.user == *user).then_some(Cursor(place.after))
}

/// `session`, with the names of its clients.
///
/// # Errors
/// When the store does not answer.
pub async fn seen_on(app: &App, session: Session) -> Result<Seen, AccountError> {
    let mut clients = Vec::new();
    for id in &session.clients {
        let client = client::find(app, id).await?;
        let name = client.map_or_else(|| id.clone(), |client| client.display_name().to_owned());
        clients.push((id.clone(), name));
    }
    Ok(Seen { session, clients })
}

impl Seen {
    /// As the API shows it.
    #[must_use]
    pub fn json(&self, current: Option<&SessionId>) -> Value {
        let session = &self.session;
        let clients = self.clients.iter().map(|(id, name)| json!({ "client_id": id, "client_name": name }));
        json!({
            "id": session.id,
            "current": current == Some(&session.id),
            "device": device_name(&session.user_agent),
            "user_agent": session.user_agent,
            "address": session.address,
            "started_at": session.started_at.rfc3339(),
            "last_seen_at": session.last_seen_at.rfc3339(),
            "auth_time": session.auth_time.rfc3339(),
            "acr": session.acr.name(),
            "amr": session.amr,
            "clients": clients.collect::<Vec<_>>(),
        })
    }

    /// As the page shows it.
    #[must_use]
    pub fn row(&self, current: &SessionId) -> SessionRow {
        let session = &self.session;
        SessionRow {
            id: session.id.to_string(),
            device: device_name(&session.user_agent),
            address: session.address.clone(),
            started: moment(session.started_at),
            seen: moment(session.last_seen_at),
            current: session.id == *current,
            clients: self.clients.iter().map(|(_, name)| name.clone()).collect(),
        }
    }
}

/// Ends the session of this id, and what was granted in it without `offline_access`.
///
/// # Errors
/// When the customer has no such session, or the store does not answer.
pub async fn end_one(
    app: &App,
    user: &Stored<User>,
    id: &str,
    cause: &Cause<'_>,
) -> Result<(), AccountError> {
    let sessions = session::list_all(app, &user.id).await?;
    let mut live = sessions.into_iter().filter(|session| session.is_admitted(user));
    let session = live.find(|session| session.id.as_str() == id).ok_or(AccountError::NoSession)?;
    Ok(flow::end_session(app, &SignedIn { session, user: user.clone() }, cause).await?)
}
