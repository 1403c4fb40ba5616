//! Starting a session: always with a new handle.

use super::SessionError;
use super::store::{Session, SessionsEnded, ended_key};
use crate::app::App;
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::hook::{Cause, EventKind};
use crate::http::RequestContext;
use crate::id::{SessionId, UserId};
use crate::keys::{Handle, HandleKind};
use crate::settings;
use crate::store::{Condition, Entity, Write};

/// How a user proved who they are.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Authentication {
    /// Who.
    pub user: UserId,
    /// When, in milliseconds.
    pub at_millis: i64,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// How well.
    pub acr: Level,
}

impl Authentication {
    /// When, in seconds (`auth_time`).
    #[must_use]
    pub fn time(&self) -> Timestamp {
        Timestamp(self.at_millis.div_euclid(1000))
    }
}

/// What a session starts with.
pub struct Start<'a> {
    /// Who proved who they are.
    pub authentication: &'a Authentication,
    /// The same user's session on this browser: the new one takes its place under the same id.
    pub earlier: Option<&'a Session>,
    /// Which client it is used for.
    pub client: Option<&'a str>,
}

/// A session about to begin: its writes belong into the transaction that completes the sign-in.
pub struct Started {
    /// The session.
    pub session: Session,
    /// Its handle, for the cookie.
    pub handle: Handle,
    /// The session, the end of the one that it replaces, the event, and the check that nothing ended it meanwhile.
    pub writes: Vec<Write>,
}

/// Starts a session.
///
/// # Errors
/// When the settings cannot be read.
pub async fn start(app: &App, context: &RequestContext, start: &Start<'_>) -> Result<Started, SessionError> {
    let Start { authentication, earlier, client } = *start;
    let mut clients = earlier.map(|earlier| earlier.clients.clone()).unwrap_or_default();
    if let Some(client) = client.filter(|client| !clients.iter().any(|known| known == client)) {
        clients.push(client.to_owned());
    }
    let settings = settings::load(app).await?;
    let now = app.clock.now();
    let handle = Handle::of_user(app, HandleKind::Session, &authentication.user);
    let expires_at = now.plus(settings.sessions.absolute);
    let session = Session {
        id: earlier.map_or_else(|| SessionId::new(app), |earlier| earlier.id.clone()),
        hash: handle.hash(),
        user: authentication.user.clone(),
        auth_time: authentication.time(),
        amr: authentication.amr.clone(),
        acr: authentication.acr,
        clients,
        started_at: earlier.map_or(now, |earlier| earlier.started_at),
        handle_millis: authentication.at_millis,
        last_seen_at: now,
        address: context.address.to_string(),
        user_agent: context.user_agent.clone(),
        expires_at,
        idle_until: now.plus(settings.sessions.idle).min(expires_at),
    };
    let event = Cause::user(&session.user, context)
        .event(app, EventKind::SessionStarted)
        .with(serde_json::json!({ "session": session.id, "renewed": earlier.is_some() }));
    let mut writes = vec![Write::create(&session), event.announce(), current_check(authentication)];
    writes.extend(earlier.map(|earlier| Write::delete::<Session>(earlier.key(), &[])));
    Ok(Started { session, handle, writes })
}

/// Demands that the user's sessions were not ended after this authentication (a password changed meanwhile, say).
#[must_use]
pub fn current_check(authentication: &Authentication) -> Write {
    let not_ended = Condition::AtMost("not_before", authentication.at_millis);
    Write::check::<SessionsEnded>(ended_key(&authentication.user), &[not_ended])
}

/// Demands that the session with this id, whose handle was made at `handle_millis`, was not among those that were ended all at once.
#[must_use]
pub fn survives_check(user: &UserId, session: &SessionId, handle_millis: i64) -> Write {
    let later = Condition::AtMost("not_before", handle_millis);
    let kept = Condition::text("except", session.as_str());
    Write::check::<SessionsEnded>(ended_key(user), &[Condition::Either(Box::new(later), Box::new(kept))])
}
