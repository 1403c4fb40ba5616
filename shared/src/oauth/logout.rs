//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): who asks, whom it is about, and where the customer may go afterwards.
//! The last is a registered address of the client that asks, or a page of ours: never anything else.

use std::sync::Arc;

use serde::Deserialize;

use super::grants;
use super::tokens::Audience;
use super::{OAuthError, authorization};
use crate::app::App;
use crate::client::{self, Client};
use crate::hook::Cause;
use crate::http::{Params, Problem};
use crate::id::{SessionId, UserId};
use crate::keys::{self, Typ};
use crate::page::Fault;
use crate::session::{self, Session};
use crate::store::{self, StoreError, Stored};

/// The longest `state`, in bytes.
const STATE: usize = 4096;

#[derive(Deserialize)]
struct Hint {
    iss: String,
    sub: UserId,
    aud: Audience,
    #[serde(default)]
    sid: Option<SessionId>,
}

/// A request to sign out.
pub struct LogoutRequest {
    /// Who asks.
    pub client: Option<Arc<Client>>,
    hint: Option<Hint>,
    return_to: Option<String>,
}

/// Why a request to sign out is not understood. It is told on a page, and nobody is sent anywhere.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The hint is no ID token of ours, or another client's.
    #[error("`id_token_hint` is not an ID token of this server and this client")]
    Hint,
    /// No such client.
    #[error("no client is registered under this `client_id`")]
    Client,
    /// The address is not registered, or nobody knows for whom.
    #[error("the `post_logout_redirect_uri` is not registered for the client that asks")]
    ReturnTo,
    /// The state is too long.
    #[error("`state` is too long")]
    State,
    /// Something of ours failed.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
}

impl From<LogoutError> for Problem {
    fn from(error: LogoutError) -> Self {
        let said = error.to_string();
        match error {
            LogoutError::Hint | LogoutError::State => Self::invalid_request(said),
            LogoutError::Client => Self::invalid_request(said).saying(Fault::ClientUnknown),
            LogoutError::ReturnTo => Self::invalid_request(said).saying(Fault::RedirectUriInvalid),
            LogoutError::OAuth(source) => source.into(),
        }
    }
}

/// Reads and checks the parameters (§2, §3).
///
/// # Errors
/// What is wrong with them.
pub async fn validate(app: &App, params: &Params) -> Result<LogoutRequest, LogoutError> {
    let hint = read_hint(app, params).await?;
    let named = params.get("client_id");
    let id = match (&hint, named) {
        (Some(hint), Some(id)) if !hint.aud.contains(id) => return Err(LogoutError::Hint),
        (_, Some(id)) => Some(id),
        (Some(hint), None) => hint.aud.iter().next(),
        (None, None) => None,
    };
    let client = match id {
        Some(id) => client::find(app, id).await.map_err(OAuthError::from)?,
        None => None,
    };
    if named.is_some() && client.is_none() {
        return Err(LogoutError::Client);
    }
    let return_to = return_address(client.as_deref(), params)?;
    Ok(LogoutRequest { client, hint, return_to })
}

/// An expired ID token is as good as any: it names a session, it does not prove one.
async fn read_hint(app: &App, params: &Params) -> Result<Option<Hint>, LogoutError> {
    let Some(token) = params.get("id_token_hint") else { return Ok(None) };
    let hint = keys::verify::<Hint>(app, token, Typ::Jwt).await.map_err(OAuthError::from)?;
    hint.filter(|hint| hint.iss == app.config.issuer).map(Some).ok_or(LogoutError::Hint)
}

fn return_address(client: Option<&Client>, params: &Params) -> Result<Option<String>, LogoutError> {
    let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    if !client.is_some_and(|client| client.may_return_to(uri)) {
        return Err(LogoutError::ReturnTo);
    }
    match params.get("state") {
        Some(state) if state.len() > STATE => Err(LogoutError::State),
        Some(state) => Ok(Some(authorization::with_query(uri, &[("state", state)]))),
        None => Ok(Some(uri.to_owned())),
    }
}

impl LogoutRequest {
    /// Which of the browser's sessions it is about: the hinted one, else the current one.
    #[must_use]
    pub fn choose<'a>(&self, sessions: &'a [Stored<Session>]) -> Option<&'a Stored<Session>> {
        sessions.iter().find(|session| self.names(session)).or_else(|| sessions.first())
    }

    /// Whether the client has shown to know the session: then the customer need not be asked (§2).
    #[must_use]
    pub fn names(&self, session: &Session) -> bool {
        self.hint.as_ref().is_some_and(|hint| {
            hint.sub == session.user && hint.sid.as_ref().is_none_or(|sid| *sid == session.id)
        })
    }

    /// Where the customer goes afterwards, if not to our own page.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.return_to.as_deref()
    }
}

/// Ends `session` and all that was granted in it without `offline_access`, in one transaction. One that has ended already is no error.
///
/// # Errors
/// When the store does not answer.
pub async fn end(
    app: &App,
    session: &Session,
    reason: &'static str,
    cause: &Cause<'_>,
) -> Result<(), StoreError> {
    const TRIES: usize = 3;
    for _ in 0..TRIES {
        let mut writes = session::end_writes(app, session, reason, cause);
        writes.extend(grants::end_writes_of_session(app, &session.user, &session.id, cause).await?);
        match store::transact(app, writes).await {
            Err(StoreError::Refused { index: 0, .. }) => return Ok(()),
            // A grant was revoked meanwhile: look again.
            Err(StoreError::Refused { .. }) => {}
            other => return other,
        }
    }
    Err(StoreError::Busy)
}
