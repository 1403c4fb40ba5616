//! Reading sessions, and noting that one was used.

use std::time::Duration;

use super::SessionError;
use super::cookie::handles;
use super::store::{Session, session_key};
use crate::app::App;
use crate::http::Request;
use crate::id::UserId;
use crate::identity::{self, User};
use crate::settings;
use crate::store::{self, Condition, Cursor, Entity, Order, Page, Stored, Update, Write};

/// A use is noted when the last noted one is so long ago.
const NOTED_AFTER: Duration = Duration::from_secs(5 * 60);

/// An account signed in on a browser.
#[derive(Clone)]
pub struct SignedIn {
    /// Its session.
    pub session: Stored<Session>,
    /// The account. Whether it may be used is still to be judged.
    pub user: Stored<User>,
}

/// The accounts signed in on the browser that sent `request`, the current one first: one consistent read.
///
/// # Errors
/// When the store does not answer.
pub async fn load_all(app: &App, request: &Request) -> Result<Vec<SignedIn>, SessionError> {
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
        let account = (User::TABLE, identity::user_key(user));
        if !keys.contains(&account) {
            keys.push(account);
        }
    }
    let mut found = store::get_many(app, keys).await?;
    let mut signed_in: Vec<SignedIn> = Vec::new();
    for (id, hash) in handles {
        let session = found.take::<Session>(session_key(&id, &hash))?;
        let Some(session) = session.filter(|session| session.is_live(app.clock.now())) else { continue };
        let Some(user) = found.take::<User>(identity::user_key(&id))? else { continue };
        if session.is_admitted(&user) {
            signed_in.push(SignedIn { session, user });
        }
    }
    Ok(signed_in)
}

/// One page of the live sessions of `user`.
///
/// # Errors
/// When the store does not answer.
pub async fn list(
    app: &App,
    user: &User,
    page: Page,
) -> Result<(Vec<Stored<Session>>, Option<Cursor>), SessionError> {
    let (mut sessions, next) = list_unended(app, &user.id, page).await?;
    sessions.retain(|session| session.is_admitted(user));
    Ok((sessions, next))
}

async fn list_unended(
    app: &App,
    user: &UserId,
    page: Page,
) -> Result<(Vec<Stored<Session>>, Option<Cursor>), SessionError> {
    let prefix = session_key(user, "");
    let (mut sessions, next) = store::query::<Session>(app, &prefix, Order::Ascending, page).await?;
    let now = app.clock.now();
    sessions.retain(|session| session.is_live(now));
    Ok((sessions, next))
}

/// The sessions of a customer whose records are there, all of them: as many as browsers that they signed in with in the last weeks. Acts of
/// the customer may have ended some ([`Session::is_admitted`]).
///
/// # Errors
/// When the store does not answer.
pub async fn list_all(app: &App, user: &UserId) -> Result<Vec<Stored<Session>>, SessionError> {
    const PAGE: i32 = 100;
    let mut sessions = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (found, next) = list_unended(app, user, page).await?;
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
