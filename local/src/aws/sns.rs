//! SNS `Publish` of text messages (the AWS query protocol: a form in, XML out).
use std::collections::HashMap;

use super::inbox::{Channel, Draft, Inbox};
use super::wire::{Refusal, random_id};

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
/// SNS cuts longer texts into parts; the request may not be longer than this.
const MESSAGE_LIMIT: usize = 1600;

type Form = HashMap<String, String>;

/// The operation that a form names, if it is one.
pub(super) fn action(body: &[u8]) -> Option<String> {
    form(body)?.remove("Action")
}

pub(super) fn perform(inbox: &Inbox, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    if operation != "Publish" {
        return Err(Refusal::new("InvalidAction", "the action is not known here"));
    }
    let form = form(body).ok_or_else(|| Refusal::new("MalformedInput", "the body is not a form"))?;
    let number =
        form.get("PhoneNumber").ok_or_else(|| invalid("PhoneNumber", "only text messages are sent here"))?;
    if !is_e164(number) {
        return Err(invalid("PhoneNumber", &format!("{number} is not valid to publish to")));
    }
    let text = form
        .get("Message")
        .filter(|text| !text.is_empty())
        .ok_or_else(|| invalid("Message", "Empty message"))?;
    if text.chars().count() > MESSAGE_LIMIT {
        return Err(invalid("Message", "Message too long"));
    }
    let id = inbox.take(Draft {
        channel: Channel::Sms,
        to: vec![number.clone()],
        from: sender(&form).unwrap_or_default(),
        subject: String::new(),
        text: text.clone(),
        html: None,
    })?;
    Ok(format!(
        "<PublishResponse xmlns=\"{NAMESPACE}\"><PublishResult><MessageId>{id}</MessageId></PublishResult>\
         <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></PublishResponse>",
        request = random_id()?
    )
    .into_bytes())
}

/// A refusal in the words of the query protocol.
pub(super) fn refusal(refusal: &Refusal) -> Vec<u8> {
    let side = if refusal.status.is_server_error() { "Receiver" } else { "Sender" };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>",
        code = escape(&refusal.code),
        message = escape(&refusal.message),
        request = random_id().unwrap_or_default(),
    )
    .into_bytes()
}

fn form(body: &[u8]) -> Option<Form> {
    serde_urlencoded::from_bytes(body).ok()
}

/// `AWS.SNS.SMS.SenderID` among the message attributes, which come as numbered entries.
fn sender(form: &Form) -> Option<String> {
    let entry = form.iter().find_map(|(name, value)| {
        let entry = name.strip_suffix(".Name")?;
        (value == "AWS.SNS.SMS.SenderID").then_some(entry)
    })?;
    form.get(&format!("{entry}.Value.StringValue")).cloned()
}

fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

fn invalid(parameter: &str, reason: &str) -> Refusal {
    Refusal::new("InvalidParameter", format!("Invalid parameter: {parameter} Reason: {reason}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
