//! Reading sessions, and noting that one was used.

use std::time::Duration;

use super::SessionError;
use super::cookie::handles;
use super::store::{Session, SessionsEnded, ended_key, session_key};
use crate::app::App;
use crate::http::Request;
use crate::id::UserId;
use crate::settings;
use crate::store::{self, Condition, Cursor, Entity, Order, Page, Stored, Update, Write};

/// A use is noted when the last noted one is so long ago.
const NOTED_AFTER: Duration = Duration::from_secs(5 * 60);

/// The accounts signed in on the browser that sent `request`, the current one first: one consistent read.
///
/// # Errors
/// When the store does not answer.
pub async fn load_all(app: &App, request: &Request) -> Result<Vec<Stored<Session>>, SessionError> {
    let handles: Vec<(UserId, String)> = handles(app, request)
        .into_iter()
        .filter_map(|handle| Some((handle.user()?.clone(), handle.hash())))
        .collect();
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let mut keys = Vec::new();
    for (user, hash) in &handles {
        keys.push((Session::TABLE, session_key(user, hash)));
        let ended = (SessionsEnded::TABLE, ended_key(user));
        if !keys.contains(&ended) {
            keys.push(ended);
        }
    }
    let mut found = store::get_many(app, keys).await?;
    let mut sessions: Vec<Stored<Session>> = Vec::new();
    for (user, hash) in handles {
        let Some(session) = found.take::<Session>(session_key(&user, &hash))? else { continue };
        let ended = found.take::<SessionsEnded>(ended_key(&user))?;
        let survives = ended.is_none_or(|ended| !ended.ends(&session));
        if survives && session.is_live(app.clock.now()) && sessions.iter().all(|other| other.user != user) {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// One page of a customer's live sessions.
///
/// # Errors
/// When the store does not answer.
pub async fn list(
    app: &App,
    user: &UserId,
    page: Page,
) -> Result<(Vec<Stored<Session>>, Option<Cursor>), SessionError> {
    let prefix = session_key(user, "");
    let (ended, listed) = tokio::join!(
        store::get_now::<SessionsEnded>(app, ended_key(user)),
        store::query::<Session>(app, &prefix, Order::Ascending, page),
    );
    let (ended, (mut sessions, next)) = (ended?, listed?);
    let now = app.clock.now();
    sessions
        .retain(|session| session.is_live(now) && ended.as_ref().is_none_or(|ended| !ended.ends(session)));
    Ok((sessions, next))
}

/// A customer's live sessions, all of them: as many as browsers that they signed in with in the last weeks.
///
/// # Errors
/// When the store does not answer.
pub async fn list_all(app: &App, user: &UserId) -> Result<Vec<Stored<Session>>, SessionError> {
    const PAGE: i32 = 100;
    let mut sessions = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (found, next) = list(app, user, page).await?;
        sessions.extend(found);
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Ok(sessions),
        }
    }
}

/// The write that notes that `session` was used, for `client`; `None` where nothing new would be noted.
///
/// # Errors
/// When the settings cannot be read.
pub async fn touch_write(
    app: &App,
    session: &Session,
    client: Option<&str>,
) -> Result<Option<Write>, SessionError> {
    let now = app.clock.now();
    let new_client = client.filter(|client| !session.clients.iter().any(|known| known == client));
    if new_client.is_none() && now.since(session.last_seen_at) < NOTED_AFTER {
        return Ok(None);
    }
    let idle_until = session.idle_until(now, &settings::load(app).await?.sessions);
    let mut update = Update::of::<Session>(session.key())
        .set("last_seen_at", &now)
        .set("idle_until", &idle_until)
        .set("ttl", &idle_until)
        .when(&[Condition::Exists]);
    if let Some(client) = new_client {
        update = update.include("clients", client);
    }
    Ok(Some(update.into()))
}
