//! Telling a client what its customer said (CIBA Core §10.2, §10.3): a ping, or the tokens themselves. A request is looked at when it was
//! decided, and once more when its time is over.

use http::header;
use serde_json::{Value, json};

use super::{Notification, push};
use crate::app::App;
use crate::client::{self, Client, DeliveryMode};
use crate::clock::Timestamp;
use crate::fetch::{FetchError, Message};
use crate::hook::{Cause, EventKind, Queued};
use crate::oauth::OAuthError;
use crate::oauth::pending::{self, Pending, Standing};
use crate::store;

/// What came of an attempt.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The client knows.
    Delivered,
    /// There is nothing to tell, or nobody to tell it.
    Unwanted,
    /// The customer has time to decide until then.
    Early(Timestamp),
    /// It did not work now.
    Failed,
}

impl Outcome {
    /// Its stable name, for the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Unwanted => "unwanted",
            Self::Early(_) => "early",
            Self::Failed => "failed",
        }
    }
}

/// A client that is to be notified of a request of its own.
pub(super) struct Notified<'a> {
    pub(super) client: &'a Client,
    pub(super) endpoint: &'a str,
    pub(super) pending: &'a Pending,
    pub(super) notification: Notification,
}

/// Tells the client of the request that `queued` names.
///
/// # Errors
/// When the message makes no sense, or something of ours failed.
pub async fn notify(app: &App, queued: &Queued) -> Result<Outcome, OAuthError> {
    let unreadable = || OAuthError::InvalidRequest("the message does not name a request".into());
    let hash = queued.event.data["request"].as_str().ok_or_else(unreadable)?;
    let Some(pending) = pending::load(app, hash).await? else { return Ok(Outcome::Unwanted) };
    let expired = match (queued.event.kind, pending.standing(app.clock.now())) {
        (_, Standing::Redeemed) => return Ok(Outcome::Unwanted),
        (EventKind::BackchannelRequested, Standing::Open) => return Ok(Outcome::Early(pending.expires_at)),
        (EventKind::BackchannelRequested, Standing::Granted(_) | Standing::Denied) => {
            return Ok(Outcome::Unwanted);
        }
        (_, Standing::Expired) => true,
        (_, Standing::Open | Standing::Granted(_) | Standing::Denied) => false,
    };
    let client = client::find(app, &pending.client).await?;
    let own = client.as_ref().and_then(|client| Some((client, client.backchannel.as_ref()?)));
    let sealed = pending.notification.as_deref();
    let (Some((client, own)), Some(sealed)) = (own, sealed) else { return Ok(Outcome::Unwanted) };
    let endpoint = own.notification_endpoint.as_deref();
    let notification = Notification::open(app, sealed).await?;
    let (Some(endpoint), Some(notification)) = (endpoint, notification) else {
        return Ok(Outcome::Unwanted);
    };
    let notified = Notified { client, endpoint, pending: &pending, notification };
    let answer = match (pending.delivery, expired) {
        (Some(DeliveryMode::Ping), _) => notified.post(app, &notified.about()).await?,
        (Some(DeliveryMode::Push), true) => notified.post(app, &notified.refusal("expired_token")).await?,
        (Some(DeliveryMode::Push), false) => push::push(app, &notified).await?,
        (Some(DeliveryMode::Poll) | None, _) => return Ok(Outcome::Unwanted),
    };
    record(app, queued, (&notified, answer.err())).await
}

/// Each attempt is an event.
async fn record(
    app: &App,
    queued: &Queued,
    (notified, error): (&Notified<'_>, Option<FetchError>),
) -> Result<Outcome, OAuthError> {
    let (kind, outcome) = match error {
        None => (EventKind::BackchannelNotified, Outcome::Delivered),
        Some(_) => (EventKind::BackchannelNotificationFailed, Outcome::Failed),
    };
    let mut event = notified.pending.event(app, kind, &Cause::system());
    event.data["attempt"] = json!(queued.attempt);
    if let Some(error) = error {
        event.data["why"] = json!(error.to_string());
    }
    store::write(app, event.announce()).await?;
    Ok(outcome)
}

impl Notified<'_> {
    pub(super) fn about(&self) -> Value {
        json!({ "auth_req_id": self.notification.auth_req_id })
    }

    /// Why there are no tokens (§12).
    pub(super) fn refusal(&self, error: &'static str) -> Value {
        let mut body = self.about();
        body["error"] = json!(error);
        body
    }

    /// Posts `body` with the token that the client gave us for this.
    pub(super) async fn post(&self, app: &App, body: &Value) -> Result<Result<(), FetchError>, OAuthError> {
        let bearer = format!("Bearer {}", self.notification.token);
        let message = Message {
            content_type: "application/json",
            headers: &[(header::AUTHORIZATION.as_str(), &bearer)],
            body: body.to_string().into_bytes(),
        };
        Ok(client::post_notification(app, self.endpoint, message).await?)
    }
}
