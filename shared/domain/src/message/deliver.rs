//! Sends one message that was requested, unless it is too late or the recipient has had too many.

use super::{Content, Destination, MessageError, open, send};
use crate::app::App;
use crate::hook::Event;
use crate::keys::sealer;
use crate::limit::{self, Bucket, LimitError};
use crate::page::Rendered;

/// What became of a message.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed over.
    Sent,
    /// It says nothing true any more.
    Expired,
    /// The recipient, or its range of numbers, has had too many: somebody makes us send (toll fraud, mail bombing).
    Limited,
    /// SES or SNS will never take it: the address is not one, or its owner wants nothing from us.
    Refused,
    /// A mail has no text for a phone, and a text none for a mail box.
    Mismatched,
}

impl Outcome {
    /// Its stable name, for the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Expired => "expired",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::Mismatched => "mismatched",
        }
    }
}

/// Sends the message that `event` requests.
///
/// # Errors
/// When it could not be sent now, and may be later.
pub async fn deliver(app: &App, event: &Event) -> Result<Outcome, MessageError> {
    let Content { to, message, locale, expires_at } = open(&*sealer(app).await?, event)?;
    if expires_at <= app.clock.now() {
        return Ok(Outcome::Expired);
    }
    match take_tokens(app, &to).await {
        Ok(()) => {}
        Err(LimitError::Exceeded { .. }) => return Ok(Outcome::Limited),
        Err(LimitError::Store(source)) => return Err(source.into()),
    }
    match (to, app.pages.message(locale, &message)?) {
        (Destination::Email(address), Rendered::Mail { subject, text, html }) => {
            send::mail(app, &address, send::Mail { subject, text, html }).await
        }
        (Destination::Phone(number), Rendered::Sms { text }) => send::sms(app, &number, &text).await,
        (Destination::Email(_), Rendered::Sms { .. }) | (Destination::Phone(_), Rendered::Mail { .. }) => {
            Ok(Outcome::Mismatched)
        }
    }
}

async fn take_tokens(app: &App, to: &Destination) -> Result<(), LimitError> {
    match to {
        Destination::Email(address) => limit::take(app, Bucket::Mail, address).await,
        Destination::Phone(number) => {
            limit::take(app, Bucket::SmsRange, range(number)).await?;
            limit::take(app, Bucket::Sms, number).await
        }
    }
}

/// The number without its last four digits.
pub(super) fn range(number: &str) -> &str {
    number.char_indices().rev().nth(3).map_or(number, |(at, _)| &number[..at])
}
