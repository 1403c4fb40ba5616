//! Is this yours: the code that was sent proves it, or another one is sent.

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance, current, where_at};
use crate::flow::engine::Step;
use crate::flow::proof::{self, Checked};
use crate::flow::rejection::Rejection;
use crate::flow::show::{self, Outcome, Shown};
use crate::flow::situation::KnownRecords;
use crate::flow::visit::Visit;
use crate::hook::Cause;
use crate::http::{Problem, Response};
use crate::identity;
use crate::keys::sealer;
use crate::page::{Fault, FieldError, Notice};
use crate::store::{self, Write};

/// Shows where the code is typed; goes where the transaction is, if that is elsewhere.
///
/// # Errors
/// When the store does not answer.
pub async fn look_verify(app: &App, visit: Visit<'_>) -> Reply {
    let (step, _) = where_at(app, &visit).await?;
    match step {
        Step::Verify(_) => current(app, visit).await,
        step => Response::see_other(&app.config.url(&step.path(&visit.handle))),
    }
}

/// Checks a code, or sends another one.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn verify(app: &App, visit: Visit<'_>) -> Reply {
    let (step, _) = where_at(app, &visit).await?;
    if !matches!(step, Step::Verify(_)) {
        return advance(app, visit, Change::default()).await;
    }
    match visit.typed("action") {
        "check" | "" => check(app, visit, step).await,
        "resend" => resend(app, visit, step).await,
        _ => Err(Problem::invalid_request("`action` must be check or resend")),
    }
}

async fn check(app: &App, mut visit: Visit<'_>, step: Step) -> Reply {
    let wrong = |fault| Rejection::typed(vec![FieldError::on("code", fault)]);
    if visit.typed("code").is_empty() {
        return again(app, &visit, step, wrong(Fault::CodeRequired)).await;
    }
    if let Err(error) = proof::take_try(app, &visit).await {
        return again(app, &visit, step, too_many(error)?).await;
    }
    match proof::check(app, &visit, visit.typed("code")).await? {
        Checked::Wrong => again(app, &visit, step, wrong(Fault::CodeWrong)).await,
        Checked::Over => again(app, &visit, step, wrong(Fault::CodeExpired)).await,
        Checked::Right(used) => {
            let change = prove(app, &visit, *used).await?;
            visit.tx.progress.sent_to = None;
            advance(app, visit, change).await
        }
    }
}

/// The identifier is the customer's: `used` and the proof are one write.
async fn prove(app: &App, visit: &Visit<'_>, used: Write) -> Result<Change, FlowError> {
    let progress = &visit.tx.progress;
    let (Some(proven), Some(identifier)) = (&progress.authentication, &progress.sent_to) else {
        return Err(FlowError::Expired);
    };
    let account = identity::load(app, &proven.user).await?;
    let mut account =
        account.filter(|account| account.is_active(app.clock.now())).ok_or(FlowError::Expired)?;
    let cause = Cause::user(&proven.user, &visit.context);
    let sealer = sealer(app).await?;
    let mut writes = identity::verify_writes(app, &sealer, &mut account, (identifier, &cause))
        .ok_or(FlowError::Expired)?;
    writes.push(used);
    Ok(Change { writes, given: KnownRecords::Changed(Box::new(account)) })
}

async fn resend(app: &App, visit: Visit<'_>, step: Step) -> Reply {
    let writes = match proof::send(app, &visit).await {
        Ok(writes) => writes,
        Err(FlowError::Limit(error)) => return again(app, &visit, step, too_many(error)?).await,
        Err(error) => return Err(error.into()),
    };
    store::transact(app, writes).await?;
    let (_, situation) = where_at(app, &visit).await?;
    let outcome = Outcome { wrong: None, notice: Some(Notice::CodeSent) };
    show::step(app, &visit, Shown { step, situation, outcome }).await
}
