//! Authentication of our own API (RFC 6750, RFC 9449 §7): who calls, and for which client.

use std::time::Duration;

use super::binding;
use super::error::TokensError;
use super::presented::{LiveToken, check};
use super::scheme::{Scheme, Sent};
use crate::app::App;
use crate::clock::Timestamp;
use crate::http::{Problem, Request};
use crate::id::{GrantId, SessionId, UserId};
use crate::identity::User;
use crate::oauth::dpop::Proven;
use crate::store::Stored;

/// Who calls with an access token.
pub struct AccessToken {
    /// The customer that it speaks for; `None` for a client's own.
    pub subject: Option<UserId>,
    /// The customer's account, as it is now.
    pub user: Option<Stored<User>>,
    /// The client that holds it.
    pub client: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// Of which grant it is.
    pub grant: Option<GrantId>,
    /// In which session it was granted.
    pub session: Option<SessionId>,
    /// When the customer signed in.
    pub auth_time: Option<Timestamp>,
    /// How surely.
    pub acr: Option<String>,
    /// By which methods.
    pub amr: Vec<String>,
    scheme: Scheme,
}

impl AccessToken {
    /// Demands that the customer signed in at most `max_age` ago.
    ///
    /// # Errors
    /// 401 with the challenge of RFC 9470 §3: the client has the customer sign in anew, with that `max_age`.
    pub fn check_age(&self, now: Timestamp, max_age: Duration) -> Result<(), Problem> {
        match self.auth_time {
            Some(at) if now.since(at) <= max_age => Ok(()),
            Some(_) | None => Err(TokensError::Stale { max_age: max_age.as_secs() }.problem(self.scheme)),
        }
    }
}

impl From<LiveToken> for AccessToken {
    fn from(token: LiveToken) -> Self {
        let scheme = token.claims.scheme();
        let LiveToken { claims, customer, .. } = token;
        Self {
            subject: customer.as_ref().map(|customer| customer.user.id.clone()),
            session: customer.as_ref().and_then(|customer| customer.grant.terms.session.clone()),
            user: customer.map(|customer| customer.user),
            scopes: claims.scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
            client: claims.client_id,
            grant: claims.gid,
            auth_time: claims.auth_time,
            acr: claims.acr,
            amr: claims.amr,
            scheme,
        }
    }
}

/// Who calls our own API with the `Authorization` header, if the token allows `scope`. One call to DynamoDB, and a second one for the
/// proof of a token that is bound to a key.
///
/// # Errors
/// 401 or 403 with the challenge of RFC 6750 §3 or RFC 9449 §7.1.
pub async fn authenticate(app: &App, request: &Request, scope: &'static str) -> Result<AccessToken, Problem> {
    let sent = Sent::of_header(request).ok_or(TokensError::Absent)?;
    let checked = check_for(app, request, &sent, scope).await;
    checked.map(|(token, _)| token.into()).map_err(|error| error.problem(sent.scheme))
}

/// The token that was `sent` with `request`, if it is for us, allows `scope`, and came as it must.
///
/// # Errors
/// Why it is not taken.
pub(super) async fn check_for(
    app: &App,
    request: &Request,
    sent: &Sent,
    scope: &'static str,
) -> Result<(LiveToken, Option<Proven>), TokensError> {
    let token = check(app, &sent.text).await?;
    if !token.claims.aud.contains(&app.config.issuer) {
        return Err(TokensError::Audience);
    }
    if !token.claims.allows(scope) {
        return Err(TokensError::Scope(scope));
    }
    let proven = binding::check(app, request, sent, &token).await?;
    Ok((token, proven))
}
