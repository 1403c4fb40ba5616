//! Tokens that are pushed (CIBA Core §10.3.1): each attempt begins a family of its own, which ends again if the client does not take it.
//! So no token is sent that is not written, and none is lost on the way that is worth anything.

use super::notify::Notified;
use crate::app::App;
use crate::fetch::FetchError;
use crate::hook::Cause;
use crate::id::GrantId;
use crate::oauth::OAuthError;
use crate::oauth::grants::{self, Reason};
use crate::oauth::pending::{self, Standing};
use crate::oauth::token_endpoint::{Pushed, push as exchange};
use crate::store;

/// Pushes the tokens, or why there are none.
pub(super) async fn push(app: &App, notified: &Notified<'_>) -> Result<Result<(), FetchError>, OAuthError> {
    let Standing::Granted(terms) = notified.pending.standing(app.clock.now()) else {
        return notified.post(app, &notified.refusal("access_denied")).await;
    };
    let id = GrantId::new(app);
    let pushed = Pushed { terms, grant: &id, auth_req_id: &notified.notification.auth_req_id };
    let response = match exchange(app, notified.client, &pushed).await {
        Ok(response) => response,
        Err(OAuthError::InvalidGrant(_)) => {
            return notified.post(app, &notified.refusal("transaction_failed")).await;
        }
        Err(error) => return Err(error),
    };
    let mut body = response.to_json();
    body["auth_req_id"] = notified.about()["auth_req_id"].clone();
    let answer = notified.post(app, &body).await?;
    match answer {
        Ok(()) => match store::write(app, pending::consume(app, notified.pending)).await {
            Ok(()) => {}
            Err(error) if error.is_refused() => {} // another delivery was first
            Err(error) => return Err(error.into()),
        },
        Err(_) => {
            let owner = (&terms.user, &id);
            grants::revoke_family(app, owner, Reason::NotDelivered, &Cause::system()).await?;
        }
    }
    Ok(answer)
}
