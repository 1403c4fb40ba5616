//! A customer who calls the account API through a client, by a token of the scope `account`.

use crate::app::App;
use crate::hook::Cause;
use crate::http::{Problem, Request, RequestContext};
use crate::id::SessionId;
use crate::identity::User;
use crate::limit::{self, Bucket, LimitError};
use crate::oauth::scope::ACCOUNT;
use crate::oauth::tokens::{self, AccessToken};
use crate::settings;
use crate::store::Stored;

/// A customer who calls the API.
pub struct Caller {
    /// The customer.
    pub user: Stored<User>,
    /// The session that the token came of.
    pub session: Option<SessionId>,
    /// What outlives the request.
    pub context: RequestContext,
    token: AccessToken,
}

/// Whose token `request` bears. One call to DynamoDB.
///
/// # Errors
/// 401 or 403 with a challenge (RFC 6750 §3); 403 for a client's own token, which speaks for no customer.
pub async fn caller(app: &App, request: &Request) -> Result<Caller, Problem> {
    let token = tokens::authenticate(app, request, ACCOUNT).await?;
    let nobody = || Problem::forbidden("no_customer", "the token speaks for a client, not for a customer");
    let user = token.user.clone().ok_or_else(nobody)?;
    Ok(Caller { user, session: token.session.clone(), context: request.context(), token })
}

impl Caller {
    /// Demands that the customer signed in recently.
    ///
    /// # Errors
    /// 401 with a challenge that has them sign in anew (RFC 9470), or when the settings cannot be read.
    pub async fn check_fresh(&self, app: &App) -> Result<(), Problem> {
        let fresh = settings::load(app).await?.sessions.fresh;
        self.token.check_age(app.clock.now(), fresh)
    }

    /// Counts a change of the account.
    ///
    /// # Errors
    /// When there were too many.
    pub async fn count(&self, app: &App) -> Result<(), LimitError> {
        limit::take(app, Bucket::Account, self.user.id.as_str()).await
    }

    /// The customer as the cause of a change.
    #[must_use]
    pub fn cause(&self) -> Cause<'_> {
        Cause::user(&self.user.id, &self.context)
    }
}
