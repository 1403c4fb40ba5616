//! SES `SendEmail` (version 2, REST JSON): a simple mail, or one that is a whole message already.
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::inbox::{Channel, Draft, Inbox};
use super::wire::{self, Blob, Refusal};

mod mime;

#[cfg(test)]
mod tests;

/// A domain that is not verified as a sender's, whatever is sent from it.
const UNVERIFIED: &str = "@unverified.example";
pub(super) const SEND_EMAIL_PATH: &str = "/v2/email/outbound-emails";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    #[serde(default)]
    from_email_address: String,
    #[serde(default)]
    destination: Destination,
    content: Content,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
    raw: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Text,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: Blob,
}

/// Puts the mail into the inbox.
pub(super) fn send_email(inbox: &Inbox, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let request: SendEmail = wire::read(body).map_err(|refusal| bad_request(&refusal.message))?;
    let Destination { to_addresses, cc_addresses, bcc_addresses } = request.destination;
    let to = [to_addresses, cc_addresses, bcc_addresses].concat();
    let draft = match (request.content.simple, request.content.raw) {
        (Some(simple), None) => simple_mail(request.from_email_address, to, simple),
        (None, Some(raw)) => raw_mail(request.from_email_address, to, &raw.data.0),
        _ => return Err(bad_request("exactly one of Simple and Raw content is sent here")),
    };
    if draft.to.is_empty() {
        return Err(bad_request("Destination is required"));
    }
    if !draft.to.iter().all(|address| is_address(address)) {
        return Err(bad_request("Invalid domain or address in Destination"));
    }
    if draft.from.is_empty() {
        return Err(bad_request("FromEmailAddress is required"));
    }
    if draft.from.ends_with(UNVERIFIED) {
        let message = format!(
            "Email address is not verified. The following identities failed the check: {}",
            draft.from
        );
        return Err(Refusal::new("MessageRejected", message).with_status(StatusCode::BAD_REQUEST));
    }
    wire::write(&json!({ "MessageId": inbox.take(draft)? }))
}

fn simple_mail(from: String, to: Vec<String>, mail: Simple) -> Draft {
    Draft {
        channel: Channel::Email,
        to,
        from,
        subject: mail.subject.data,
        text: mail.body.text.map(|text| text.data).unwrap_or_default(),
        html: mail.body.html.map(|html| html.data),
    }
}

/// What the request leaves out, the message's own header says.
fn raw_mail(from: String, to: Vec<String>, message: &[u8]) -> Draft {
    let mail = mime::read(&String::from_utf8_lossy(message));
    Draft {
        channel: Channel::Email,
        to: if to.is_empty() { mail.to } else { to },
        from: if from.is_empty() { mail.from } else { from },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
    }
}

/// SES itself checks little more: `local@domain`, with or without a display name.
fn is_address(address: &str) -> bool {
    matches!(address.split_once('@'), Some((local, domain)) if !local.is_empty() && !domain.is_empty())
}

fn bad_request(message: &str) -> Refusal {
    Refusal::new("BadRequestException", message).with_status(StatusCode::BAD_REQUEST)
}
