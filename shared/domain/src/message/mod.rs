//! Messages to customers: requested in the transaction of the change that they tell of, sealed on their way, sent by SES and SNS.

mod deliver;
mod error;
mod send;

use serde::{Deserialize, Serialize};
use serde_json::json;

pub use deliver::{Outcome, deliver};
pub use error::MessageError;

use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Cause, Event, EventKind};
use crate::id::UserId;
use crate::keys::Sealer;
use crate::page::{Locale, Message};
use crate::store::Write;

/// The sealer's label of messages on their way.
const LABEL: &str = "message";

/// Where a message goes. It is personal data, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", content = "address", rename_all = "snake_case")]
pub enum Destination {
    /// An e-mail address.
    Email(String),
    /// A phone number in E.164.
    Phone(String),
}

impl Destination {
    /// The name of the channel.
    #[must_use]
    pub const fn channel(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }
}

/// A message to be sent.
pub struct Outgoing<'a> {
    /// To where.
    pub to: Destination,
    /// What.
    pub message: Message,
    /// In which language.
    pub locale: Locale,
    /// To which customer, where it is one.
    pub user: Option<&'a UserId>,
    /// After this moment it says nothing true any more and is not sent.
    pub expires_at: Timestamp,
}

/// What rests sealed in the event.
#[derive(Serialize, Deserialize)]
struct Content {
    to: Destination,
    message: Message,
    locale: Locale,
    expires_at: Timestamp,
}

/// The write that has a message sent; put it into the transaction of the change.
#[must_use]
pub fn request(app: &App, sealer: &Sealer, outgoing: Outgoing<'_>, cause: &Cause<'_>) -> Write {
    event(app, sealer, outgoing, cause).announce()
}

fn event(app: &App, sealer: &Sealer, outgoing: Outgoing<'_>, cause: &Cause<'_>) -> Event {
    let Outgoing { to, message, locale, user, expires_at } = outgoing;
    let (kind, channel) = (message.id(), to.channel());
    let content = Content { to, message, locale, expires_at };
    // INVARIANT: texts, numbers and enums of them can always be written as JSON.
    let plain = serde_json::to_vec(&content).unwrap_or_default();
    let sealed = sealer.seal(&app.rng, LABEL, &plain);
    let event = cause.event(app, EventKind::MessageRequested);
    let event = event.with(json!({ "message": kind, "channel": channel, "sealed": sealed }));
    match user {
        Some(user) => event.to(user),
        None => event,
    }
}

/// The content of a message that was requested.
fn open(sealer: &Sealer, event: &Event) -> Result<Content, MessageError> {
    let sealed = event.data.get("sealed").and_then(serde_json::Value::as_str).unwrap_or_default();
    let plain = sealer.open(LABEL, sealed).ok_or(MessageError::Sealed)?;
    serde_json::from_slice(&plain).map_err(|_| MessageError::Sealed)
}

#[cfg(test)]
mod tests;
