//! Who are you: any well-formed identifier is taken. Whether it is anybody's shows only after the password, and not even then.

use super::{again, password, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance};
use crate::flow::definition::{FlowKind, Task};
use crate::flow::engine::Step;
use crate::flow::rejection::Rejection;
use crate::flow::visit::{Visit, of_flow};
use crate::identity::{IdentifierKind, parse_identifier};
use crate::limit::{self, Bucket};
use crate::page::FieldError;
use crate::settings;
use crate::store::{self, Write};

/// Takes who is signing in.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn identify(app: &App, mut visit: Visit<'_>) -> Reply {
    match take(app, &mut visit).await? {
        Ok(()) => advance(app, visit, Change::default()).await,
        Err(wrong) => again(app, &visit, Step::Identify, wrong).await,
    }
}

/// Takes who is signing in, and their password with it: for who asks for both at once.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn identify_and_password(app: &App, mut visit: Visit<'_>) -> Reply {
    match take(app, &mut visit).await? {
        Ok(()) => {
            // Kept before the password is looked at: a wrong one is typed again without the identifier.
            store::write(app, Write::replace(&visit.tx)).await.map_err(FlowError::of_race)?;
            visit.tx.rev += 1;
            password(app, visit).await
        }
        Err(wrong) => again(app, &visit, Step::Identify, wrong).await,
    }
}

/// Notes in the transaction who is signing in.
async fn take(app: &App, visit: &mut Visit<'_>) -> Result<Result<(), Rejection>, FlowError> {
    let address = limit::of_address(visit.context.address);
    if let Err(error) = limit::take(app, Bucket::SignIn, &address).await {
        return Ok(Err(too_many(error)?));
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
                visit.tx.progress.sign_up = None;
                visit.tx.progress.sent_to = None;
            }
            // Whoever says who they are wants that account, whichever one has been signed in on this browser meanwhile.
            visit.tx.progress.chosen = None;
            visit.tx.progress.other_account = true;
            visit.tx.progress.identified = Some(identifier);
            Ok(Ok(()))
        }
        Err(fault) => Ok(Err(Rejection::typed(vec![FieldError::on("identifier", fault)]))),
    }
}
