//! May the application have this: the customer says yes or no.

use super::again;
use crate::app::App;
use crate::app::function::Reply;
use crate::consent;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance, where_at};
use crate::flow::engine::Step;
use crate::flow::progress::Decision;
use crate::flow::rejection::Rejection;
use crate::flow::situation::Situation;
use crate::flow::visit::Visit;
use crate::hook::Cause;
use crate::id::SessionId;
use crate::page::{Fault, FieldError};

/// Takes the customer's decision: a yes only from the account that was shown. The browser may have gone on to another one since; then
/// the flow goes on with the one that was shown, as long as it is signed in.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn consent(app: &App, mut visit: Visit<'_>) -> Reply {
    let (mut step, mut situation) = where_at(app, &visit).await?;
    if let Some(session) = shown(&visit, &situation) {
        visit.tx.progress.chosen = Some(session);
        (step, situation) = where_at(app, &visit).await?;
    }
    if step != Step::Consent {
        return advance(app, visit, Change::default()).await;
    }
    let account = situation.account.as_ref().ok_or(FlowError::Expired)?;
    match visit.typed("decision") {
        "allow" if visit.typed("account") != account.id.as_str() => {
            let wrong = Rejection::conflict(FieldError::general(Fault::AccountChanged));
            again(app, &visit, Step::Consent, wrong).await
        }
        "allow" => {
            visit.tx.progress.consent =
                Some(Decision::Granted { by: account.id.clone(), epoch: account.epoch });
            advance(app, visit, Change::default()).await
        }
        "deny" => {
            visit.tx.progress.consent = Some(Decision::Denied);
            let mut writes = Vec::new();
            if let Some(client) = &situation.client {
                let cause = Cause::user(&account.id, &visit.context);
                writes.push(consent::deny_write(app, &account.id, &client.id, &cause));
            }
            advance(app, visit, Change { writes, ..Change::default() }).await
        }
        _ => {
            let wrong = Rejection::typed(vec![FieldError::general(Fault::RequestInvalid)]);
            again(app, &visit, Step::Consent, wrong).await
        }
    }
}

/// The session of the account that was shown, if the flow would go on with another one by itself.
fn shown(visit: &Visit<'_>, situation: &Situation) -> Option<SessionId> {
    let account = visit.typed("account");
    let now = situation.account.as_ref().map(|user| user.id.as_str());
    if visit.tx.progress.authentication.is_some() || now == Some(account) {
        return None;
    }
    let session = situation.sessions.iter().find(|signed_in| signed_in.user.id.as_str() == account)?;
    Some(session.session.id.clone())
}
