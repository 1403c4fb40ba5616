//! A new password by way of a mailed link, which works once. It ends every session and grant of the account: whoever had the old
//! password may have them.

use super::too_many;
use crate::app::App;
use crate::app::function::Reply;
use crate::credential::password;
use crate::flow::FlowError;
use crate::flow::definition::FlowKind;
use crate::flow::ending::{self, PasswordSet};
use crate::flow::engine::{self, Step};
use crate::flow::facts::Facts;
use crate::flow::rejection::Rejection;
use crate::flow::seed;
use crate::flow::show::Face;
use crate::flow::transaction::{self, Transaction};
use crate::flow::visit::Loose;
use crate::hook::{Cause, EventKind};
use crate::http::{Request, Response};
use crate::identity::{self, Act, Begun, User};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::page::{Fault, FieldError, Page, Reset, ResetDone, ResetInvalid};
use crate::secret::Secret;
use crate::session::{self, DeviceHandle};
use crate::settings;
use crate::store::{self, Stored, Write};

/// Shows where the new password is typed, if the link works still. Looking does not use it up: mail scanners look as well.
///
/// # Errors
/// When the request is malformed, or the store does not answer.
pub async fn look_reset(app: &App, request: &Request) -> Reply {
    let loose = Loose::looked(app, request).await?;
    match find(app, &loose).await? {
        Some((_, account)) => show(app, &loose, &account, None).await,
        None => invalid(app, &loose).await,
    }
}

/// Sets the new password.
///
/// # Errors
/// When the request is malformed or forged, or the store does not answer.
pub async fn reset(app: &App, request: &Request) -> Reply {
    let loose = Loose::posted(app, request).await?;
    let Some((recovery, account)) = find(app, &loose).await? else { return invalid(app, &loose).await };
    if let Err(error) = limit::take(app, Bucket::Proof, &limit::of_address(loose.context.address)).await {
        return show(app, &loose, &account, Some(too_many(error)?)).await;
    }
    let typed = Secret::new(loose.typed("password").to_owned());
    if let Some(fault) = password::find_fault(app, &typed, &ending::known_of(&account)).await? {
        let wrong = Rejection::typed(vec![FieldError::on("password", fault)]);
        return show(app, &loose, &account, Some(wrong)).await;
    }
    match set(app, &loose, (recovery, account), &typed).await {
        Ok(device) => {
            let settings = settings::load(app).await?;
            let cookie = device.cookie(app, &settings.sessions);
            let response = done(app, &loose).await?;
            Ok(cookie.iter().fold(response, Response::cookie))
        }
        Err(FlowError::Raced) => invalid(app, &loose).await,
        Err(error) => Err(error.into()),
    }
}

/// The recovery of the link's token and its account, where the flow's next step is the new password.
async fn find(
    app: &App,
    loose: &Loose<'_>,
) -> Result<Option<(Stored<Transaction>, Stored<User>)>, FlowError> {
    let mut recovery = match transaction::load_recovery(app, loose.typed("token")).await {
        Ok(recovery) => recovery,
        Err(FlowError::Expired) => return Ok(None),
        Err(error) => return Err(error),
    };
    recovery.progress.link_followed = true;
    let flow = seed::flow(app, FlowKind::Recovery).await?;
    if engine::next(&flow, &recovery.progress, &Facts::default()) != Step::SetPassword {
        return Ok(None);
    }
    let Some(user) = &recovery.progress.recovering else { return Ok(None) };
    let account = identity::load(app, user).await?;
    // A link is over once another one was used, or the password is another one.
    let works = |account: &User| {
        account.is_active(app.clock.now()) && account.admits(Begun::Proof, recovery.progress.epoch)
    };
    Ok(account.filter(|account| works(account)).map(|account| (recovery, account)))
}

/// Uses the link up, sets the password, proves the address that the link came to, and ends everything that was begun before. Of an account of
/// which nothing was proven nobody knows who typed the rest: it goes.
async fn set(
    app: &App,
    loose: &Loose<'_>,
    (recovery, mut account): (Stored<Transaction>, Stored<User>),
    typed: &Secret<String>,
) -> Result<DeviceHandle, FlowError> {
    let identifier = recovery.progress.identified.as_ref().ok_or(FlowError::Expired)?;
    let user = account.id.clone();
    let cause = Cause::user(&user, &loose.context);
    let sealer = sealer(app).await?;
    account.raise(Act::Recovered);
    let dropped = identity::drop_unproven(app, &sealer, &mut account, identifier);
    let mut writes = vec![Write::consume(&recovery), password::set_write(app, &account, typed).await?];
    let is_proven = account.identifier(identifier).is_some_and(|own| own.verified_at.is_some());
    let proof = match is_proven {
        true => None,
        false => identity::verify_writes(app, &sealer, &mut account, (identifier, &cause)),
    };
    writes.extend(proof.unwrap_or_else(|| vec![Write::replace(&account)]));
    // The owner's browser is known from here on, so that a stranger's guesses do not slow it.
    let mut device = session::device(app, loose.request);
    let known = device.known_to(app, &user).await?;
    writes.extend(device.note(app, known, (&user, &loose.context.user_agent)).await?);
    let set = PasswordSet { event: EventKind::PasswordReset, locale: loose.locale() };
    writes.extend(ending::password_set_writes(app, &account, &set, &cause).await?);
    let mut groups = ending::ended_groups(app, &account, Act::Recovered, &cause).await?;
    groups.extend(dropped);
    store::transact_groups(app, writes, groups).await.map_err(FlowError::of_race)?;
    Ok(device)
}

async fn show(app: &App, loose: &Loose<'_>, account: &User, wrong: Option<Rejection>) -> Reply {
    let frame = loose.frame(app, wrong.as_ref()).await?;
    let password_minimum = settings::load(app).await?.passwords.shortest;
    let primary = identity::IdentifierKind::ALL.into_iter().find_map(|kind| account.primary(kind));
    let page = Page::Reset(Reset {
        frame: frame.clone(),
        token: loose.typed("token").to_owned(),
        username: primary.map(|own| own.value.clone()).unwrap_or_default(),
        password_minimum: u32::try_from(password_minimum).unwrap_or(u32::MAX),
    });
    let step = Step::SetPassword.name();
    let face = Face { step, page, frame: &frame, locale: loose.locale(), wrong };
    Ok(loose.browser.remember(app, face.response(app, &loose.context)?))
}

async fn done(app: &App, loose: &Loose<'_>) -> Reply {
    let frame = loose.frame(app, None).await?;
    let page = Page::ResetDone(ResetDone { tx: loose.handle().map(str::to_owned) });
    let step = Step::Complete.name();
    Face { step, page, frame: &frame, locale: loose.locale(), wrong: None }.response(app, &loose.context)
}

async fn invalid(app: &App, loose: &Loose<'_>) -> Reply {
    let frame = loose.frame(app, None).await?;
    let page = Page::ResetInvalid(ResetInvalid { tx: loose.handle().map(str::to_owned) });
    let wrong = Some(Rejection::typed(vec![FieldError::general(Fault::LinkInvalid)]));
    let step = Step::Recover.name();
    Face { step, page, frame: &frame, locale: loose.locale(), wrong }.response(app, &loose.context)
}
