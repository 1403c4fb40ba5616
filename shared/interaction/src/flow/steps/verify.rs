//! Is this yours: the code that was sent proves it, or another one is sent, or it goes to another address. The first proof of a sign-up
//! makes the account.

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance, current, where_at};
use crate::flow::complete::by_password;
use crate::flow::definition::FlowKind;
use crate::flow::engine::Step;
use crate::flow::pending_sign_up::PendingSignUp;
use crate::flow::progress::Progress;
use crate::flow::proof::{self, Checked};
use crate::flow::rejection::Rejection;
use crate::flow::show::{self, Outcome, Shown, may_skip};
use crate::flow::situation::KnownRecords;
use crate::flow::visit::Visit;
use crate::hook::Cause;
use crate::http::{Problem, Response};
use crate::identity::{self, Begun, IdentifierKind, NormalIdentifier, User};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::page::{Fault, FieldError, Notice};
use crate::session::Authentication;
use crate::settings;
use crate::store::{self, Stored, Write};

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

/// Checks a code, sends another one, or has it sent elsewhere.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn verify(app: &App, visit: Visit<'_>) -> Reply {
    let (step, _) = where_at(app, &visit).await?;
    let Step::Verify(kind) = step else {
        return advance(app, visit, Change::default()).await;
    };
    match visit.typed("action") {
        "check" | "" => check(app, visit, kind).await,
        "resend" => resend(app, visit, kind).await,
        "change" => change(app, visit, kind).await,
        "skip" => skip(app, visit, kind).await,
        _ => Err(Problem::invalid_request("`action` must be check, resend, change or skip")),
    }
}

async fn check(app: &App, visit: Visit<'_>, kind: IdentifierKind) -> Reply {
    let step = Step::Verify(kind);
    let wrong = |fault| Rejection::typed(vec![FieldError::on("code", fault)]);
    if visit.typed("code").is_empty() {
        return again(app, &visit, step, wrong(Fault::CodeRequired)).await;
    }
    if let Err(error) = proof::take_try(app, &visit).await {
        return again(app, &visit, step, too_many(error)?).await;
    }
    match proof::check(app, &visit, visit.typed("code")).await? {
        Checked::Wrong => again(app, &visit, step, wrong(Fault::CodeWrong)).await,
        Checked::Over => {
            // A second click: the first one has used the code.
            visit.check_unmoved(app).await?;
            again(app, &visit, step, wrong(Fault::CodeExpired)).await
        }
        Checked::Right(used) => prove(app, visit, *used).await,
    }
}

/// The identifier is the customer's: `used` and all that comes of the proof are one write. Where that is refused, somebody else may
/// have proven the identifier since the code was sent, or may have had the number before.
async fn prove(app: &App, visit: Visit<'_>, used: Write) -> Reply {
    let asked = visit.again(app);
    let identifier = asked.tx.progress.sent_to.clone().ok_or(FlowError::Expired)?;
    let raced = match record(app, visit, &identifier, used).await {
        Err(problem) if problem.code() == FlowError::RACED => problem,
        outcome => return outcome,
    };
    let holder = identity::find(app, &identifier).await.map_err(FlowError::from)?;
    let own = asked.tx.progress.authentication.as_ref().map(|proven| &proven.user);
    match (holder, own) {
        (Some(_), None) => offer_sign_in(app, asked, identifier).await,
        (Some(holder), Some(own)) if holder != *own => {
            let wrong = Rejection::conflict(FieldError::on("identifier", Fault::IdentifierTaken));
            again(app, &asked, Step::Verify(identifier.kind()), wrong).await
        }
        _ => Err(raced),
    }
}

async fn record(app: &App, mut visit: Visit<'_>, identifier: &NormalIdentifier, used: Write) -> Reply {
    let pending = visit.tx.progress.sign_up.take();
    let proven = visit.tx.progress.authentication.clone();
    let (account, mut writes) = match (proven, &pending) {
        (Some(proven), pending) => add(app, &visit, &proven, identifier, pending.as_ref()).await?,
        (None, Some(pending)) => create(app, &mut visit, identifier, pending).await?,
        (None, None) => return Err(FlowError::Expired.into()),
    };
    writes.push(used);
    visit.tx.progress.sent_to = None;
    visit.tx.progress.sign_up = pending.and_then(|pending| pending.opened().without(identifier));
    advance(app, visit, Change { writes, given: KnownRecords::Changed(Box::new(account)) }).await
}

/// Makes the account that was typed at sign-up, with the identifier that is proven and no other.
async fn create(
    app: &App,
    visit: &mut Visit<'_>,
    identifier: &NormalIdentifier,
    pending: &PendingSignUp,
) -> Result<(Stored<User>, Vec<Write>), FlowError> {
    let sealer = sealer(app).await?;
    let begun = pending.account(&sealer)?;
    let mut user = User::new(app, std::slice::from_ref(identifier)).proven();
    user.profile = begun.profile;
    let cause = Cause::user(&user.id, &visit.context);
    let mut writes = identity::create_writes(app, &sealer, &user, &cause);
    writes.push(identity::verified_event(app, &user.id, identifier.kind(), &cause));
    writes.push(begun.password.set_write(app, &user));
    visit.tx.progress.authentication = Some(by_password(app, &user));
    Ok((Stored { entity: user, rev: 1 }, writes))
}

/// Records the proof of an identifier of the account, which gets it with that if it was typed at sign-up.
async fn add(
    app: &App,
    visit: &Visit<'_>,
    proven: &Authentication,
    identifier: &NormalIdentifier,
    pending: Option<&PendingSignUp>,
) -> Result<(Stored<User>, Vec<Write>), FlowError> {
    let account = identity::load(app, &proven.user).await?;
    let goes_on =
        |account: &User| account.is_active(app.clock.now()) && account.admits(Begun::Proof, proven.epoch);
    let mut account = account.filter(|account| goes_on(account)).ok_or(FlowError::Expired)?;
    let typed = pending.and_then(|pending| pending.identifier(identifier.kind()));
    if typed == Some(identifier) && account.identifier(identifier).is_none() {
        account.add(identifier);
    }
    let (sealer, cause) = (sealer(app).await?, Cause::user(&proven.user, &visit.context));
    let proof = (identifier, &cause);
    let writes = identity::verify_writes(app, &sealer, &mut account, proof).ok_or(FlowError::Expired)?;
    Ok((account, writes))
}

/// The mailbox is the customer's, and so is an account that is there already: whoever has proven the one may know of the other.
async fn offer_sign_in(app: &App, mut visit: Visit<'_>, identifier: NormalIdentifier) -> Reply {
    visit.tx.kind = FlowKind::SignIn;
    visit.tx.progress = Progress { identified: Some(identifier), other_account: true, ..Progress::default() };
    store::write(app, Write::replace(&visit.tx)).await.map_err(FlowError::of_race)?;
    tell(app, &visit, Notice::AccountExists).await
}

async fn resend(app: &App, visit: Visit<'_>, kind: IdentifierKind) -> Reply {
    let writes = match proof::send(app, &visit).await {
        Ok(writes) => writes,
        Err(FlowError::Limit(error)) => {
            return again(app, &visit, Step::Verify(kind), too_many(error)?).await;
        }
        Err(error) => return Err(error.into()),
    };
    store::transact(app, writes).await?;
    tell(app, &visit, Notice::CodeSent).await
}

/// Shows the step that the transaction is at, and what was done.
async fn tell(app: &App, visit: &Visit<'_>, notice: Notice) -> Reply {
    let (step, situation) = where_at(app, visit).await?;
    let outcome = Outcome { wrong: None, notice: Some(notice) };
    show::step(app, visit, Shown { step, situation, outcome }).await
}

/// Sends the code to another address or number than was typed at sign-up. The code before it proves nothing any more.
async fn change(app: &App, mut visit: Visit<'_>, kind: IdentifierKind) -> Reply {
    let pending = visit.tx.progress.sign_up.clone();
    let Some(pending) = pending.filter(|pending| pending.identifier(kind).is_some()) else {
        return Err(Problem::invalid_request("only what was typed at sign-up can be changed here"));
    };
    let address = limit::of_address(visit.context.address);
    if let Err(error) = limit::take(app, Bucket::SignUp, &address).await {
        return again(app, &visit, Step::Verify(kind), too_many(error)?).await;
    }
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    let identifier = match NormalIdentifier::of_kind(kind, visit.typed("identifier"), region) {
        Ok(identifier) => identifier,
        Err(fault) => {
            let wrong = Rejection::typed(vec![FieldError::on("identifier", fault)]);
            return again(app, &visit, Step::Verify(kind), wrong).await;
        }
    };
    if visit.tx.progress.authentication.is_none() {
        visit.tx.progress.identified = Some(identifier.clone());
    }
    visit.tx.progress.sign_up = Some(pending.corrected(&identifier));
    advance(app, visit, Change::default()).await
}

/// Goes on without what was typed at sign-up and is not proven, where the flow does not insist on it.
async fn skip(app: &App, mut visit: Visit<'_>, kind: IdentifierKind) -> Reply {
    if !may_skip(app, &visit.tx.progress, kind).await? {
        return Err(Problem::invalid_request("this has to be proven"));
    }
    if let Some(pending) = visit.tx.progress.sign_up.take() {
        let skipped = pending.identifier(kind).cloned();
        visit.tx.progress.sign_up = skipped.and_then(|skipped| pending.without(&skipped));
    }
    visit.tx.progress.sent_to = None;
    advance(app, visit, Change::default()).await
}
