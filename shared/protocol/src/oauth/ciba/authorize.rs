//! The backchannel authentication request and its answer (CIBA Core §7): everything is checked, then the customer is sent a link.

use std::borrow::Cow;

use http::{StatusCode, header};
use serde_json::json;

use super::approval::Approval;
use super::{Notification, hint, params as rules, signed};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::{Client, DeliveryMode, GrantType};
use crate::hook::{Actor, Cause, EventKind};
use crate::http::{Params, RequestContext, Response};
use crate::identity::{IdentifierKind, User};
use crate::keys::{Handle, HandleKind, sealer};
use crate::limit::{self, Bucket, LimitError};
use crate::message::{self, Destination, Outgoing};
use crate::oauth::authorization::check_access;
use crate::oauth::pending::{Asked, INTERVAL, Pending};
use crate::oauth::{OAuthError, scope};
use crate::page::Message;
use crate::secret::Secret;
use crate::settings::{self, UnknownUsers};
use crate::store::{self, Write};

const USED: OAuthError =
    OAuthError::InvalidRequest(Cow::Borrowed("the `request` or the `login_hint_token` was used before"));

/// What a client is given.
pub struct BackchannelAuthentication {
    auth_req_id: Secret<String>,
    lifetime: u64,
    mode: DeliveryMode,
}

/// Asks a customer on behalf of `client`, which has proven who it is.
///
/// # Errors
/// Why nobody is asked.
pub async fn authorize(
    app: &App,
    client: &Client,
    params: &Params,
    context: &RequestContext,
) -> Result<BackchannelAuthentication, OAuthError> {
    let mode = rules::mode(client)?;
    if client.auth_method.is_public() || !client.may_use(GrantType::Ciba) {
        return Err(OAuthError::UnauthorizedClient(GrantType::Ciba.name()));
    }
    let signed = signed::open(app, client, params).await?;
    let params = signed.as_ref().map_or(params, |signed| &signed.params);
    let registry = scope::registry(app).await?;
    let access = check_access(&registry, client, params)?;
    rules::check_openid(&access.scopes)?;
    let settings = settings::load(app).await?;
    let lifetime = rules::lifetime(params, &settings.oauth)?;
    let binding_message = rules::binding_message(params)?;
    let token = rules::notification_token(params, mode)?;
    limit::take(app, Bucket::BackchannelClient, &client.id).await?;
    let hinted = hint::read(app, client, params).await?;
    let reached = hinted.user.as_deref().and_then(|user| Some((user, reach(user)?)));
    let reached = match (reached, settings.oauth.ciba_unknown_users) {
        (None, UnknownUsers::Told) => return Err(OAuthError::UnknownUser),
        (Some((user, to)), told) => spared(app, user, told).await?.then_some((user, to)),
        (None, UnknownUsers::Hidden) => None,
    };
    let handle = Handle::new(app, HandleKind::AuthRequest);
    let mut pending = Pending::new(app, &handle, Asked { client, access, lifetime }, context);
    pending.user = reached.as_ref().map(|(user, _)| user.id.clone());
    pending.binding_message = binding_message;
    pending.delivery = Some(mode);
    if let Some(token) = token {
        let notification = Notification { auth_req_id: handle.expose().to_owned(), token };
        pending.notification = Some(notification.seal(app).await?);
    }
    let mut writes = writes(app, (client, &pending), reached, context).await?;
    writes.extend(signed.map(|signed| signed.spends));
    writes.extend(hinted.spends);
    match store::transact(app, writes).await {
        Ok(()) => {}
        // All else that is written is new.
        Err(error) if error.is_refused() => return Err(USED),
        Err(error) => return Err(error.into()),
    }
    let auth_req_id = Secret::new(handle.expose().to_owned());
    Ok(BackchannelAuthentication { auth_req_id, lifetime: lifetime.as_secs(), mode })
}

/// Whether the customer may be asked once more, whoever asks. Where clients are not told who is a customer, they are not told of that either.
async fn spared(app: &App, user: &User, told: UnknownUsers) -> Result<bool, OAuthError> {
    match limit::take(app, Bucket::BackchannelCustomer, user.id.as_str()).await {
        Ok(()) => Ok(true),
        Err(LimitError::Exceeded { .. }) if told == UnknownUsers::Hidden => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Where the customer is written to: an address that was proven to be theirs.
fn reach(user: &User) -> Option<Destination> {
    user.primary(IdentifierKind::Email).filter(|own| own.verified_at.is_some())?.destination()
}

/// The request, its link, and the message that brings the link. A request to nobody is written alike, but for the message.
async fn writes(
    app: &App,
    (client, pending): (&Client, &Pending),
    reached: Option<(&User, Destination)>,
    context: &RequestContext,
) -> Result<Vec<Write>, OAuthError> {
    let link = Handle::new(app, HandleKind::Approval);
    let approval =
        Approval { hash: link.hash(), pending: pending.hash.clone(), expires_at: pending.expires_at };
    let cause = Cause::new(Actor::Client(client.id.clone()), context);
    let event = pending.event(app, EventKind::BackchannelRequested, &cause);
    let mut writes = vec![Write::create(pending), Write::create(&approval), event.announce()];
    if let Some((user, to)) = reached {
        let message = Message::ApproveSignIn {
            client: client.display_name().to_owned(),
            link: app.config.url(&format!("/approve?request={}", link.expose())),
            minutes: minutes(pending.expires_at.since(pending.asked_at).as_secs()),
        };
        let locale = user.locale().unwrap_or(context.locale);
        let outgoing = Outgoing { to, message, locale, user: Some(&user.id), expires_at: pending.expires_at };
        writes.push(message::request(app, &*sealer(app).await?, outgoing, &cause));
    }
    Ok(writes)
}

/// Rounded up: a link that works for half a minute does not work for none.
fn minutes(seconds: u64) -> u32 {
    u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX)
}

impl BackchannelAuthentication {
    /// As JSON, for nobody to keep (§7.3). Who is pushed to does not poll.
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self) -> Reply {
        let mut body = json!({ "auth_req_id": self.auth_req_id.expose(), "expires_in": self.lifetime });
        if self.mode != DeliveryMode::Push {
            body["interval"] = json!(INTERVAL);
        }
        let response = Response::json(StatusCode::OK, &body)?;
        Ok(response.header(header::CACHE_CONTROL, "no-store").header(header::PRAGMA, "no-cache"))
    }
}
