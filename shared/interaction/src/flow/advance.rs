//! Moving a transaction on: what a step has done, then the next step. Each move is conditioned on the transaction's revision, so that
//! no step is done twice, not even by two requests at once.

use super::FlowError;
use super::begin;
use super::complete::{self, Completion, Ending, Within};
use super::definition::FlowKind;
use super::engine::{self, Step};
use super::outcome::{self, SignInOutcome};
use super::proof;
use super::show::{self, Shown};
use super::situation::{KnownRecords, Situation};
use super::transaction::Transaction;
use super::visit::{Manner, Visit};
use crate::app::App;
use crate::app::function::Reply;
use crate::http::Response;
use crate::oauth::authorization::AuthorizationRequest;
use crate::store::{self, Write};

/// Where answers are signed.
pub(super) const AUTHORIZE: &str = "/oauth2/authorize";

/// What a step did: besides, it has changed the visit's transaction.
#[derive(Default)]
pub(super) struct Change {
    /// To be written with the move.
    pub(super) writes: Vec<Write>,
    /// What it has read, or changes by these writes, of who has proven who they are.
    pub(super) given: KnownRecords,
}

/// Moves the visit's transaction on.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub(super) async fn advance(app: &App, mut visit: Visit<'_>, change: Change) -> Reply {
    let flow = visit.flow(app).await?;
    let changes_account = matches!(change.given, KnownRecords::Changed(_));
    let mut writes = change.writes;
    let about = (&visit.tx.purpose, &visit.tx.progress);
    let situation = Situation::gather(app, visit.request, about, change.given).await?;
    if visit.tx.progress.identified.is_none() {
        visit.tx.progress.identified = begin::expected(&situation, &visit.tx.progress);
    }
    match engine::next(&flow, &visit.tx.progress, &situation.facts) {
        Step::Complete | Step::Refuse(_) if ends_elsewhere(&visit) => {
            writes.push(Write::replace(&visit.tx));
            let written = store::transact(app, writes).await.map_err(FlowError::of_race);
            visit.explain_race(app, written).await?;
            show::ending(app, &visit, Ending::Page(format!("{AUTHORIZE}?tx={}", visit.handle)))
        }
        Step::Complete => {
            let (purpose, progress) = (&visit.tx.purpose, &visit.tx.progress);
            let (request, manner) = (visit.request, visit.manner);
            let within = Some(Within { tx: &visit.tx, browser: &visit.browser });
            let completion =
                Completion { request, manner, purpose, progress, situation, changes_account, within };
            let completed = complete::commit(app, completion, writes).await;
            let completed = visit.explain_race(app, completed).await?;
            let response = show::ending(app, &visit, completed.ending)?;
            Ok(completed.cookies.iter().fold(response, Response::cookie))
        }
        Step::Refuse(refusal) => {
            writes.push(match visit.manner {
                Manner::Browser => {
                    let outcome = SignInOutcome::Refused { refusal, at: app.clock.now() };
                    Transaction::finish_write(app, &visit.tx, outcome)
                }
                Manner::Application => Write::consume(&visit.tx),
            });
            writes.extend(complete::refusal_writes(app, &visit.tx.purpose, refusal, &visit.cause()));
            let written = store::transact(app, writes).await.map_err(FlowError::of_race);
            visit.explain_race(app, written).await?;
            let about = (&visit.tx.purpose, situation.client.as_deref());
            show::ending(app, &visit, complete::refusal(app, about, refusal).await?)
        }
        step => {
            if let Step::Verify(kind) = step {
                writes.extend(proof::send_once(app, &mut visit, (kind, &situation)).await?);
            }
            writes.push(Write::replace(&visit.tx));
            let written = store::write_or_same(app, writes).await.map_err(FlowError::of_race);
            visit.explain_race(app, written).await?;
            if visit.context.wants_json || visit.manner == Manner::Application {
                return show::step(app, &visit, Shown::fresh(step, situation)).await;
            }
            Response::see_other(&app.config.url(&step.path(&visit.handle)))
        }
    }
}

/// Whether the flow ends at the authorization endpoint: what is signed is signed there alone, so that the functions of the steps need no
/// signing keys.
fn ends_elsewhere(visit: &Visit<'_>) -> bool {
    visit.request.path != AUTHORIZE && visit.tx.purpose.request().is_some_and(AuthorizationRequest::is_signed)
}

/// Shows the step that the visit's transaction is at.
///
/// # Errors
/// When the store does not answer.
pub async fn current(app: &App, visit: Visit<'_>) -> Reply {
    if let Some(outcome) = visit.tx.outcome.clone() {
        return outcome::show(app, visit, outcome).await;
    }
    let (step, situation) = where_at(app, &visit).await?;
    match step {
        // Something outside the transaction has settled it, such as a sign-in in another tab: go on.
        Step::Complete | Step::Refuse(_) => advance(app, visit, Change::default()).await,
        // The page of sign-in is where somebody turns to who has an account after all.
        Step::SignUp | Step::Verify(_) if visit.request.path == "/signin" && is_unproven(&visit) => {
            show::step(app, &visit, Shown::fresh(Step::Identify, situation)).await
        }
        step => show::step(app, &visit, Shown::fresh(step, situation)).await,
    }
}

fn is_unproven(visit: &Visit<'_>) -> bool {
    visit.tx.kind == FlowKind::SignUp && visit.tx.progress.authentication.is_none()
}

/// The step that the visit's transaction is at.
pub(super) async fn where_at(app: &App, visit: &Visit<'_>) -> Result<(Step, Situation), FlowError> {
    let about = (&visit.tx.purpose, &visit.tx.progress);
    let situation = Situation::gather(app, visit.request, about, KnownRecords::Nothing).await?;
    let flow = visit.flow(app).await?;
    Ok((engine::next(&flow, &visit.tx.progress, &situation.facts), situation))
}
