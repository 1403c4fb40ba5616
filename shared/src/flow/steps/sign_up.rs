//! A new account. An address that is somebody's already is answered like any other: its owner gets a mail that says so, and the code
//! that the page asks for is never sent.

use serde_json::{Map, Value};

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::credential::password;
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance, current};
use crate::flow::complete::by_password;
use crate::flow::definition::{Ask, FlowKind};
use crate::flow::engine::Step;
use crate::flow::placeholder;
use crate::flow::progress::Progress;
use crate::flow::rejection::Rejection;
use crate::flow::show::sign_up_asks;
use crate::flow::situation::KnownRecords;
use crate::flow::visit::Visit;
use crate::hook::Cause;
use crate::http::Problem;
use crate::identity::{self, NormalIdentifier, Profile, User};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::page::{Fault, FieldError};
use crate::secret::Secret;
use crate::settings::{self, SignUp};
use crate::store::Stored;

/// What was typed, and can be right.
struct Form {
    email: NormalIdentifier,
    phone: Option<NormalIdentifier>,
    profile: Profile,
    password: Secret<String>,
}

/// Shows where an account is made; goes where the transaction is, if somebody has proven who they are in it.
///
/// # Errors
/// When sign-up is closed, or the store does not answer.
pub async fn look_sign_up(app: &App, mut visit: Visit<'_>) -> Reply {
    check_open(app).await?;
    if visit.tx.progress.authentication.is_none() && visit.tx.progress.decoy.is_none() {
        // For this page alone: the transaction moves when the form is posted.
        visit.tx.kind = FlowKind::SignUp;
    }
    current(app, visit).await
}

/// Makes an account.
///
/// # Errors
/// When sign-up is closed, another request was faster, or the store does not answer.
pub async fn sign_up(app: &App, mut visit: Visit<'_>) -> Reply {
    check_open(app).await?;
    if visit.tx.progress.authentication.is_some() || visit.tx.progress.decoy.is_some() {
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
    let change = make(app, &mut visit, form).await?;
    advance(app, visit, change).await
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
    let mut keep = |error: FieldError| errors.push(error);
    let email = NormalIdentifier::email(visit.typed("email"))
        .map_err(|fault| keep(FieldError::on("email", fault)))
        .ok();
    let phone = match (phone, visit.typed("phone")) {
        (Ask::No, _) | (Ask::Optional, "") => None,
        (Ask::Optional | Ask::Required, typed) => {
            NormalIdentifier::phone(typed, region).map_err(|fault| keep(FieldError::on("phone", fault))).ok()
        }
    };
    let mut profile = Profile::default();
    if name != Ask::No {
        for field in ["given_name", "family_name"] {
            if name == Ask::Required && visit.typed(field).is_empty() {
                keep(FieldError::on(field, Fault::ValueRequired));
            }
        }
        if let Err(faults) = profile.merge(&names(visit)) {
            faults.into_iter().for_each(&mut keep);
        }
    }
    let password = Secret::new(visit.typed("password").to_owned());
    let known =
        [visit.typed("email"), visit.typed("given_name"), visit.typed("family_name"), visit.typed("phone")];
    if let Some(fault) = password::find_fault(app, &password, &known).await? {
        keep(FieldError::on("password", fault));
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

/// Makes the account of `form`, or only looks like it. The password is hashed and as much is written in any case, so
/// that the time tells nothing.
async fn make(app: &App, visit: &mut Visit<'_>, form: Form) -> Result<Change, FlowError> {
    let Form { email, phone, profile, password } = form;
    let taken = is_taken(app, &email).await?;
    let phone = match phone {
        // A number that somebody else has proven is left out: nothing is said about it here.
        Some(phone) if is_taken(app, &phone).await? => None,
        phone => phone,
    };
    let identifiers: Vec<NormalIdentifier> = [Some(email.clone()), phone].into_iter().flatten().collect();
    let mut user = User::new(app, &identifiers);
    user.profile = profile;
    let locale = visit.locale();
    user.profile.texts.locale.get_or_insert_with(|| locale.tag().to_owned());
    let set_password = password::set_write(app, &user.id, &password).await?;
    let progress = Progress { identified: Some(email.clone()), ..Progress::default() };
    let cause = Cause::user(&user.id, &visit.context);
    let mut writes = identity::create_writes(app, &*sealer(app).await?, &user, &cause);
    writes.push(set_password);
    if taken {
        visit.tx.progress = Progress { decoy: Some(email), ..progress };
        return Ok(Change { writes: placeholder::instead_of(app, &writes), ..Change::default() });
    }
    visit.tx.progress = Progress { authentication: Some(by_password(app, &user.id)), ..progress };
    Ok(Change { writes, given: KnownRecords::Changed(Box::new(Stored { entity: user, rev: 1 })) })
}

/// Whether somebody has proven that `identifier` is theirs. A mere reservation keeps nobody out.
async fn is_taken(app: &App, identifier: &NormalIdentifier) -> Result<bool, FlowError> {
    let holder = identity::load_by(app, identifier).await?;
    Ok(holder
        .is_some_and(|holder| holder.identifier(identifier).is_some_and(|own| own.verified_at.is_some())))
}
