//! A new account, as it is asked for. Nothing is made of it here: what was typed waits in the transaction until an identifier of it is
//! proven. An address that is somebody's already is answered like any other: its owner gets a mail that says so, and the code that
//! the page asks for is never sent.

use serde_json::{Map, Value};

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::credential::password;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance, current, where_at};
use crate::flow::definition::{Ask, FlowKind};
use crate::flow::engine::Step;
use crate::flow::pending_sign_up::{NewAccount, PendingSignUp};
use crate::flow::progress::Progress;
use crate::flow::rejection::Rejection;
use crate::flow::show::{self, Shown, sign_up_asks};
use crate::flow::visit::Visit;
use crate::http::Problem;
use crate::identity::{NormalIdentifier, Profile};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::page::{Fault, FieldError};
use crate::secret::Secret;
use crate::settings::{self, SignUp};

/// What was typed, and can be right.
struct Form {
    email: NormalIdentifier,
    phone: Option<NormalIdentifier>,
    profile: Profile,
    password: Secret<String>,
}

/// Shows where an account is made, with what was typed there before; goes where the transaction is, if somebody has proven who they
/// are in it.
///
/// # Errors
/// When sign-up is closed, or the store does not answer.
pub async fn look_sign_up(app: &App, mut visit: Visit<'_>) -> Reply {
    check_open(app).await?;
    if visit.tx.progress.authentication.is_none() {
        // For this page alone: the transaction moves when the form is posted.
        visit.tx.kind = FlowKind::SignUp;
        let (step, situation) = where_at(app, &visit).await?;
        if let Step::Verify(_) = step {
            return show::step(app, &visit, Shown::fresh(Step::SignUp, situation)).await;
        }
    }
    current(app, visit).await
}

/// Takes what an account is to be made of.
///
/// # Errors
/// When sign-up is closed, another request was faster, or the store does not answer.
pub async fn sign_up(app: &App, mut visit: Visit<'_>) -> Reply {
    check_open(app).await?;
    if visit.tx.progress.authentication.is_some() {
        return advance(app, visit, Change::default()).await;
    }
    visit.tx.kind = FlowKind::SignUp;
    let address = limit::of_address(visit.context.address);
    if let Err(error) = limit::take(app, Bucket::SignUp, &address).await {
        return again(app, &visit, Step::SignUp, too_many(error)?).await;
    }
    let form = match read(app, &visit).await? {
        Ok(form) => form,
        Err(errors) => return again(app, &visit, Step::SignUp, Rejection::typed(errors)).await,
    };
    keep(app, &mut visit, form).await?;
    advance(app, visit, Change::default()).await
}

async fn check_open(app: &App) -> Result<(), Problem> {
    match settings::load(app).await?.sign_up {
        SignUp::Open => Ok(()),
        SignUp::Closed => {
            Err(Problem::forbidden("sign_up_closed", "accounts are made by administrators here"))
        }
    }
}

async fn read(app: &App, visit: &Visit<'_>) -> Result<Result<Form, Vec<FieldError>>, FlowError> {
    let (name, phone) = sign_up_asks(app).await?;
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    let mut errors = Vec::new();
    let mut note = |error: FieldError| errors.push(error);
    let email = NormalIdentifier::email(visit.typed("email"))
        .map_err(|fault| note(FieldError::on("email", fault)))
        .ok();
    let phone = match (phone, visit.typed("phone")) {
        (Ask::No, _) | (Ask::Optional, "") => None,
        (Ask::Optional | Ask::Required, typed) => {
            NormalIdentifier::phone(typed, region).map_err(|fault| note(FieldError::on("phone", fault))).ok()
        }
    };
    let mut profile = Profile::default();
    if name != Ask::No {
        for field in ["given_name", "family_name"] {
            if name == Ask::Required && visit.typed(field).is_empty() {
                note(FieldError::on(field, Fault::ValueRequired));
            }
        }
        if let Err(faults) = profile.merge(&names(visit)) {
            faults.into_iter().for_each(&mut note);
        }
    }
    let password = Secret::new(visit.typed("password").to_owned());
    let known =
        [visit.typed("email"), visit.typed("given_name"), visit.typed("family_name"), visit.typed("phone")];
    if let Some(fault) = password::find_fault(app, &password, &known).await? {
        note(FieldError::on("password", fault));
    }
    Ok(match email {
        Some(email) if errors.is_empty() => Ok(Form { email, phone, profile, password }),
        Some(_) | None => Err(errors),
    })
}

fn names(visit: &Visit<'_>) -> Map<String, Value> {
    let typed = |field: &str| (field.to_owned(), Value::String(visit.typed(field).to_owned()));
    ["given_name", "family_name"].map(typed).into_iter().collect()
}

/// Keeps what was typed in the transaction, in place of what was typed there before.
async fn keep(app: &App, visit: &mut Visit<'_>, form: Form) -> Result<(), FlowError> {
    let Form { email, phone, mut profile, password } = form;
    let locale = visit.locale();
    profile.texts.locale.get_or_insert_with(|| locale.tag().to_owned());
    let account = NewAccount { profile, password: password::hash(app, &password).await? };
    let identifiers = [Some(email.clone()), phone].into_iter().flatten().collect();
    let pending = PendingSignUp::new(app, &*sealer(app).await?, identifiers, &account);
    // A code that is on its way to this address stays good: the form may have been sent twice.
    let sent_to = visit.tx.progress.sent_to.take().filter(|sent| *sent == email);
    visit.tx.progress =
        Progress { identified: Some(email), sign_up: Some(pending), sent_to, ..Progress::default() };
    Ok(())
}
