//! Starting a session: always with a new handle.

use super::SessionError;
use super::store::Session;
use crate::app::App;
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::hook::{Cause, EventKind};
use crate::http::RequestContext;
use crate::id::{SessionId, UserId};
use crate::identity::Epoch;
use crate::keys::{Handle, HandleKind};
use crate::settings;
use crate::store::{Entity, Write};

/// How a user proved who they are.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Authentication {
    /// Who.
    pub user: UserId,
    /// When (`auth_time`).
    pub at: Timestamp,
    /// In which epoch of the account.
    pub epoch: Epoch,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// How well.
    pub acr: Level,
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
    /// The session, the end of the one that it replaces, and the event. They go with [`crate::identity::current_check`].
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
        auth_time: authentication.at,
        amr: authentication.amr.clone(),
        acr: authentication.acr,
        clients,
        started_at: earlier.map_or(now, |earlier| earlier.started_at),
        epoch: authentication.epoch,
        last_seen_at: now,
        address: context.address.to_string(),
        user_agent: context.user_agent.clone(),
        expires_at,
        idle_until: now.plus(settings.sessions.idle).min(expires_at),
    };
    let event = Cause::user(&session.user, context)
        .event(app, EventKind::SessionStarted)
        .with(serde_json::json!({ "session": session.id, "renewed": earlier.is_some() }));
    let mut writes = vec![Write::create(&session), event.announce()];
    writes.extend(earlier.map(|earlier| Write::delete::<Session>(earlier.key(), &[])));
    Ok(Started { session, handle, writes })
}
