//! May the application have this: the customer says yes or no.

use super::again;
use crate::app::App;
use crate::app::function::Reply;
use crate::consent;
use crate::flow::advance::{Change, advance, where_at};
use crate::flow::engine::Step;
use crate::flow::progress::Decision;
use crate::flow::visit::Visit;
use crate::flow::wrong::Wrong;
use crate::hook::Cause;
use crate::page::{Fault, FieldError};

/// Takes the customer's decision.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn consent(app: &App, mut visit: Visit<'_>) -> Reply {
    let (step, situation) = where_at(app, &visit).await?;
    if step != Step::Consent {
        return advance(app, visit, Change::default()).await;
    }
    match visit.typed("decision") {
        "allow" => {
            visit.tx.progress.consent = Some(Decision::Granted);
            advance(app, visit, Change::default()).await
        }
        "deny" => {
            visit.tx.progress.consent = Some(Decision::Denied);
            let mut writes = Vec::new();
            if let (Some(user), Some(client)) = (&situation.account, &situation.client) {
                let cause = Cause::user(&user.id, &visit.context);
                writes.push(consent::deny_write(app, &user.id, &client.id, &cause));
            }
            advance(app, visit, Change { writes, ..Change::default() }).await
        }
        _ => {
            let wrong = Wrong::typed(vec![FieldError::general(Fault::RequestInvalid)]);
            again(app, &visit, Step::Consent, wrong).await
        }
    }
}
