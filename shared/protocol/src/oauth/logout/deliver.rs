//! Telling one client that a session ended (Back-Channel Logout 1.0 §2.5): the token is posted to the address that the client registered.
//! Each attempt is an event; what failed comes again, later each time.

use http::StatusCode;
use serde_json::json;

use super::token::logout_token;
use crate::app::App;
use crate::client::{self, ClientError};
use crate::fetch::{FetchError, Message};
use crate::hook::{ATTEMPTS, Cause, Event, EventKind, Queued};
use crate::id::{SessionId, UserId};
use crate::oauth::OAuthError;
use crate::store;

/// What came of an attempt.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The client knows.
    Delivered,
    /// The client is gone, or has no address for this.
    Unwanted,
    /// It will never work: the client says no (§2.8), or its address is none that we post to.
    Refused,
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
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn of(answer: Result<(), FetchError>) -> Self {
        match answer {
            Ok(()) => Self::Delivered,
            Err(FetchError::Status(StatusCode::BAD_REQUEST)) => Self::Refused,
            Err(FetchError::Target(_) | FetchError::Malformed) => Self::Refused,
            Err(
                FetchError::Unreachable | FetchError::Slow | FetchError::Large(_) | FetchError::Status(_),
            ) => Self::Failed,
        }
    }
}

/// Whom a message of the queue is for, and what of.
struct Notice<'a> {
    client: &'a str,
    user: &'a UserId,
    session: SessionId,
}

impl<'a> Notice<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        let session = event.data["session"].as_str()?.parse().ok()?;
        Some(Self { client: event.client.as_deref()?, user: event.user.as_ref()?, session })
    }
}

/// Tells the client that `queued` names.
///
/// # Errors
/// When the message makes no sense, or something of ours failed.
pub async fn deliver(app: &App, queued: &Queued) -> Result<Outcome, OAuthError> {
    let unreadable = || OAuthError::InvalidRequest("the message does not name client and session".into());
    let notice = Notice::of(&queued.event).ok_or_else(unreadable)?;
    let client = client::find(app, notice.client).await?;
    let Some((client, uri)) =
        client.as_ref().and_then(|client| Some((client, client.backchannel_logout_uri.as_ref()?)))
    else {
        return Ok(Outcome::Unwanted);
    };
    let (outcome, said) = match logout_token(app, client, (notice.user, &notice.session)).await {
        Ok(token) => {
            let answer = post(app, uri, &token).await?;
            (Outcome::of(answer), answer.err().map(|error| error.to_string()))
        }
        // The client's own fault: it may publish a key until the next attempt.
        Err(error @ (ClientError::NoRecipient(_) | ClientError::Keys(_))) => {
            (Outcome::Failed, Some(error.to_string()))
        }
        Err(error) => return Err(error.into()),
    };
    let kind =
        if outcome == Outcome::Delivered { EventKind::LogoutDelivered } else { EventKind::LogoutFailed };
    let mut facts = json!({ "session": notice.session, "attempt": queued.attempt });
    if outcome != Outcome::Delivered {
        facts["why"] = json!(said);
        facts["again"] = json!(outcome == Outcome::Failed && queued.attempt < ATTEMPTS);
    }
    let event = Cause::system().event(app, kind).to(notice.user).of_client(&client.id).with(facts);
    store::write(app, event.announce()).await?;
    Ok(outcome)
}

async fn post(app: &App, uri: &str, token: &str) -> Result<Result<(), FetchError>, OAuthError> {
    let body =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
    let message =
        Message { content_type: "application/x-www-form-urlencoded", headers: &[], body: body.into_bytes() };
    Ok(client::post_notification(app, uri, message).await?)
}
