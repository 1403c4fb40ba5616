//! I forgot my password: a link is sent to the address, if it is somebody's. The answer is the same in any case, and so is the work.

use serde_json::json;

use super::too_many;
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::FlowError;
use crate::flow::definition::{FlowKind, Task};
use crate::flow::engine::Step;
use crate::flow::placeholder;
use crate::flow::progress::Progress;
use crate::flow::rejection::Rejection;
use crate::flow::show::Face;
use crate::flow::transaction::Transaction;
use crate::flow::visit::{Loose, of_flow};
use crate::hook::{Actor, Cause, EventKind};
use crate::http::Request;
use crate::identity::{self, IdentifierKind, NormalIdentifier, User, parse_identifier};
use crate::keys::{Handle, sealer};
use crate::limit::{self, Bucket, LimitError};
use crate::message::{self, Outgoing};
use crate::page::{FieldError, Message, Page, Recover, RecoverSent};
use crate::settings;
use crate::store::{self, Write};

/// Shows where a recovery is asked for.
///
/// # Errors
/// When the request is malformed, or the store does not answer.
pub async fn look_recover(app: &App, request: &Request) -> Reply {
    let loose = Loose::looked(app, request).await?;
    show(app, &loose, None).await
}

/// Sends a recovery link.
///
/// # Errors
/// When the request is malformed or forged, or the store does not answer.
pub async fn recover(app: &App, request: &Request) -> Reply {
    let loose = Loose::posted(app, request).await?;
    let address = limit::of_address(loose.context.address);
    if let Err(error) = limit::take(app, Bucket::Recover, &address).await {
        return show(app, &loose, Some(too_many(error)?)).await;
    }
    let kinds = of_flow(app, FlowKind::Recovery, |task| match task {
        Task::Recover { kinds } => Some(kinds.clone()),
        _ => None,
    });
    let kinds = kinds.await?.unwrap_or_else(|| vec![IdentifierKind::Email]);
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    match parse_identifier(loose.typed("identifier"), &kinds, region) {
        Ok(identifier) => {
            send(app, &loose, identifier).await?;
            sent(app, &loose).await
        }
        Err(fault) => {
            let wrong = Rejection::typed(vec![FieldError::on("identifier", fault)]);
            show(app, &loose, Some(wrong)).await
        }
    }
}

async fn show(app: &App, loose: &Loose<'_>, wrong: Option<Rejection>) -> Reply {
    let frame = loose.frame(app, wrong.as_ref()).await?;
    let identifier = loose.typed("identifier").chars().take(320).collect();
    let page = Page::Recover(Recover { frame: frame.clone(), identifier });
    let face = Face { step: Step::Recover.name(), page, frame: &frame, locale: loose.locale(), wrong };
    Ok(loose.browser.remember(app, face.response(app, &loose.context)?))
}

async fn sent(app: &App, loose: &Loose<'_>) -> Reply {
    let frame = loose.frame(app, None).await?;
    let minutes = minutes(settings::load(app).await?.proofs.recovery.as_secs());
    let page = Page::RecoverSent(RecoverSent { tx: loose.handle().map(str::to_owned), minutes });
    let step = Step::FollowLink.name();
    Face { step, page, frame: &frame, locale: loose.locale(), wrong: None }.response(app, &loose.context)
}

/// Begins a recovery, of somebody or of nobody: the same reads, and a transaction of as many writes.
async fn send(app: &App, loose: &Loose<'_>, identifier: NormalIdentifier) -> Result<(), FlowError> {
    let sealer = sealer(app).await?;
    match limit::take(app, Bucket::RecoverAccount, &identifier.mac(&sealer)).await {
        // Enough links are on their way; to say so would tell nothing new to their owner, and much to others.
        Err(LimitError::Exceeded { .. }) => return Ok(()),
        other => other?,
    }
    let account = identity::load_by(app, &identifier)
        .await?
        .filter(|account| account.is_active(app.clock.now()) && account.may_recover_by(&identifier));
    let recovering = account.as_ref().map(|account| account.id.clone());
    let epoch = account.as_ref().map(|account| account.epoch).unwrap_or_default();
    let progress = Progress { identified: Some(identifier), recovering, epoch, ..Progress::default() };
    let (recovery, handle) = Transaction::recover(app, progress).await?;
    let cause = Cause::new(Actor::Anonymous, &loose.context);
    let event = cause.event(app, EventKind::RecoveryRequested).with(json!({ "known": account.is_some() }));
    let event = account.as_deref().into_iter().fold(event, |event, user| event.to(&user.id));
    let outgoing =
        account.as_deref().and_then(|account| link_message(app, loose, (account, &recovery, &handle)));
    let message = outgoing.map(|outgoing| message::request(app, &sealer, outgoing, &cause));
    let message = message.unwrap_or_else(|| placeholder::write(app));
    Ok(store::transact(app, vec![Write::create(&recovery), event.announce(), message]).await?)
}

fn link_message<'a>(
    app: &App,
    loose: &Loose<'_>,
    (account, recovery, handle): (&'a User, &Transaction, &Handle),
) -> Option<Outgoing<'a>> {
    let to = recovery.progress.identified.as_ref()?.destination()?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("token", handle.expose());
    if let Some(tx) = loose.handle() {
        query.append_pair("tx", tx);
    }
    let link = app.config.url(&format!("/recover/reset?{}", query.finish()));
    let minutes = minutes(recovery.expires_at.since(recovery.started_at).as_secs());
    Some(Outgoing {
        to,
        message: Message::Recovery { link, minutes },
        locale: account.locale().unwrap_or(loose.locale()),
        user: Some(&account.id),
        expires_at: recovery.expires_at,
    })
}

fn minutes(seconds: u64) -> u32 {
    u32::try_from(seconds / 60).unwrap_or(u32::MAX)
}
