//! Who are you: any well-formed identifier is taken. Whether it is anybody's shows only after the password, and not even then.

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::advance::{Change, advance};
use crate::flow::definition::{FlowKind, Task};
use crate::flow::engine::Step;
use crate::flow::visit::{Visit, of_flow};
use crate::flow::wrong::Wrong;
use crate::identity::{IdentifierKind, parse_identifier};
use crate::limit::{self, Bucket};
use crate::page::FieldError;
use crate::settings;

/// Takes who is signing in.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn identify(app: &App, mut visit: Visit<'_>) -> Reply {
    let address = limit::of_address(visit.context.address);
    if let Err(error) = limit::take(app, Bucket::SignIn, &address).await {
        return again(app, &visit, Step::Identify, too_many(error)?).await;
    }
    let kinds = of_flow(app, FlowKind::SignIn, |task| match task {
        Task::Identify { kinds } => Some(kinds.clone()),
        _ => None,
    });
    let kinds = kinds.await?.unwrap_or_else(|| IdentifierKind::ALL.to_vec());
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    match parse_identifier(visit.typed("identifier"), &kinds, region) {
        Ok(identifier) => {
            // Somebody who came to sign up has an account after all.
            if visit.tx.progress.authentication.is_none() {
                visit.tx.kind = FlowKind::SignIn;
                visit.tx.progress.decoy = None;
                visit.tx.progress.sent_to = None;
            }
            // Whoever says who they are wants that account, whichever one has been signed in on this browser meanwhile.
            visit.tx.progress.chosen = None;
            visit.tx.progress.other_account = true;
            visit.tx.progress.identified = Some(identifier);
            advance(app, visit, Change::default()).await
        }
        Err(fault) => {
            let wrong = Wrong::typed(vec![FieldError::on("identifier", fault)]);
            again(app, &visit, Step::Identify, wrong).await
        }
    }
}
