//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): who asks, whom it is about, and where the customer may go afterwards.
//! The last is a registered address of the client that asks, or a page of ours: never anything else.

use std::sync::Arc;

use serde::Deserialize;

use super::LogoutError;
use super::hint;
use crate::app::App;
use crate::client::{self, Client};
use crate::http::Params;
use crate::keys::{self, Typ};
use crate::oauth::subject::Naming;
use crate::oauth::tokens::Audience;
use crate::oauth::{OAuthError, authorization};
use crate::session::{Session, SignedIn};

/// The longest `state`, in bytes.
const STATE: usize = 4096;

/// What matters of an ID token. Each of ours names its session, and with it the customer.
#[derive(Deserialize)]
pub(super) struct Hint {
    pub(super) iss: String,
    pub(super) aud: Audience,
    #[serde(default)]
    pub(super) sid: Option<String>,
}

/// A request to sign out.
pub struct LogoutRequest {
    /// Who asks.
    pub client: Option<Arc<Client>>,
    pub(super) hint: Option<Hint>,
    /// How the client knows sessions: its hints name them so.
    pub(super) naming: Naming,
    pub(super) logout_hint: Option<String>,
    pub(super) return_to: Option<String>,
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
    let logout_hint = params.get("logout_hint").map(str::to_owned);
    let naming = match &client {
        Some(client) => Naming::of(app, client).await.map_err(OAuthError::from)?,
        None => Naming::Public,
    };
    Ok(LogoutRequest { client, hint, naming, logout_hint, return_to })
}

/// An expired ID token is as good as any: it names a session, it does not prove one.
async fn read_hint(app: &App, params: &Params) -> Result<Option<Hint>, LogoutError> {
    let Some(token) = params.get("id_token_hint") else { return Ok(None) };
    let hint = keys::verify::<Hint>(app, token, Typ::Jwt).await.map_err(OAuthError::from)?;
    hint.filter(|hint| hint.iss == app.config.issuer).map(Some).ok_or(LogoutError::Hint)
}

fn return_address(client: Option<&Client>, params: &Params) -> Result<Option<String>, LogoutError> {
    let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    if !client.ok_or(LogoutError::Nobody)?.may_return_to(uri) {
        return Err(LogoutError::ReturnTo);
    }
    match params.get("state") {
        Some(state) if state.len() > STATE => Err(LogoutError::State),
        Some(state) => Ok(Some(authorization::with_query(uri, &[("state", state)]))),
        None => Ok(Some(uri.to_owned())),
    }
}

impl LogoutRequest {
    /// Which of the browser's sessions it is about: the one that the ID token names, else the one that `logout_hint` means, else the
    /// current one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn choose<'a>(
        &self,
        app: &App,
        sessions: &'a [SignedIn],
    ) -> Result<Option<&'a SignedIn>, LogoutError> {
        if let Some(named) = sessions.iter().find(|signed_in| self.names(&signed_in.session)) {
            return Ok(Some(named));
        }
        let hinted = match &self.logout_hint {
            Some(text) => hint::find(app, (text, &self.naming), sessions).await?,
            None => None,
        };
        Ok(hinted.or_else(|| sessions.first()))
    }

    /// Whether the client has shown to know the session: then the customer need not be asked (§2).
    #[must_use]
    pub fn names(&self, session: &Session) -> bool {
        let known =
            |hint: &Hint| hint.sid.as_ref().is_some_and(|sid| *sid == self.naming.session(&session.id));
        self.hint.as_ref().is_some_and(known)
    }

    /// Whether the client has shown an ID token of ours that is its own.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        self.hint.is_some()
    }

    /// Where the customer goes afterwards, if not to our own page.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.return_to.as_deref()
    }
}
