//! Messages: sent, received, given back, deleted.
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::operations::{BATCH_LIMIT, OfQueue, Outcome, invalid, is_wanted, named_by};
use super::options::{LONGEST_DELAY, LONGEST_VISIBILITY};
use super::store::{Draft, Queues};
use super::{Received, digest};
use crate::aws::wire::Refusal;

const MESSAGE_LIMIT: usize = 1024 * 1024;
const LONGEST_WAIT: u64 = 20;
/// While a caller waits, hidden messages come to light by time alone; this often is looked for them.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A message to send, alone or in a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Outgoing {
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct SendMessage {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(flatten)]
    message: Outgoing,
}

pub(super) fn send_message(queues: &Queues, request: &SendMessage) -> Outcome {
    send(queues, named_by(queues, &request.queue.queue_url)?, &request.message)
}

pub(super) fn send(queues: &Queues, name: &str, message: &Outgoing) -> Outcome {
    if message.message_body.is_empty() || message.message_body.len() > MESSAGE_LIMIT {
        return Err(invalid("the message body must have between 1 byte and 1 MiB"));
    }
    if message.delay_seconds.is_some_and(|delay| !(0..=LONGEST_DELAY).contains(&delay)) {
        return Err(invalid("DelaySeconds must be between 0 and 900"));
    }
    let attributes = &message.message_attributes;
    let draft = Draft { body: &message.message_body, attributes, delay: message.delay_seconds };
    let mut answer = json!({
        "MessageId": queues.enqueue(name, &draft)?,
        "MD5OfMessageBody": digest::of_body(&message.message_body),
    });
    if let Some(md5) = digest::of_attributes(attributes) {
        answer["MD5OfMessageAttributes"] = Value::from(md5);
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    queue_url: String,
    #[serde(default = "one")]
    max_number_of_messages: usize,
    visibility_timeout: Option<i64>,
    #[serde(default)]
    wait_time_seconds: u64,
    /// The old and the new name of the same list.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

fn one() -> usize {
    1
}

pub(super) async fn receive_message(queues: &Queues, mut request: ReceiveMessage) -> Outcome {
    if !(1..=BATCH_LIMIT).contains(&request.max_number_of_messages) {
        return Err(invalid("MaxNumberOfMessages must be between 1 and 10"));
    }
    if request.visibility_timeout.is_some_and(|seconds| !(0..=LONGEST_VISIBILITY).contains(&seconds)) {
        return Err(invalid("VisibilityTimeout must be between 0 and 43200"));
    }
    let names = std::mem::take(&mut request.attribute_names);
    request.message_system_attribute_names.extend(names);
    let received = wait_for_messages(queues, &request).await?;
    let messages: Vec<Value> = received.into_iter().map(|message| incoming(message, &request)).collect();
    Ok(json!({ "Messages": messages }))
}

/// Long polling: the first message ends the wait.
async fn wait_for_messages(queues: &Queues, request: &ReceiveMessage) -> Result<Vec<Received>, Refusal> {
    let name = named_by(queues, &request.queue_url)?;
    let deadline = Instant::now() + Duration::from_secs(request.wait_time_seconds.min(LONGEST_WAIT));
    let mut sent = queues.sent();
    loop {
        sent.mark_unchanged();
        let received = queues.take(name, request.max_number_of_messages, request.visibility_timeout)?;
        let now = Instant::now();
        if !received.is_empty() || now >= deadline {
            return Ok(received);
        }
        // Either way it is time to look again.
        let _woken = tokio::time::timeout_at(deadline.min(now + LOOK_AGAIN), sent.changed()).await;
    }
}

fn incoming(message: Received, request: &ReceiveMessage) -> Value {
    let mut system = message.system_attributes();
    system.retain(|name, _| is_wanted(&request.message_system_attribute_names, name));
    let mut attributes = message.attributes;
    attributes.retain(|name, _| is_wanted(&request.message_attribute_names, name));
    let mut answer = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "MD5OfBody": digest::of_body(&message.body),
    });
    if !system.is_empty() {
        answer["Attributes"] = Value::Object(system);
    }
    if let Some(md5) = digest::of_attributes(&attributes) {
        answer["MD5OfMessageAttributes"] = Value::from(md5);
        answer["MessageAttributes"] = Value::Object(attributes);
    }
    answer
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handled {
    receipt_handle: String,
}

#[derive(Deserialize)]
pub(super) struct DeleteMessage {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(flatten)]
    message: Handled,
}

pub(super) fn delete_message(queues: &Queues, request: &DeleteMessage) -> Outcome {
    delete(queues, named_by(queues, &request.queue.queue_url)?, &request.message)
}

/// As in SQS, a handle that has been replaced by a later receipt deletes nothing, and that is no error.
pub(super) fn delete(queues: &Queues, name: &str, message: &Handled) -> Outcome {
    if message.receipt_handle.is_empty() {
        return Err(Refusal::new("ReceiptHandleIsInvalid", "the receipt handle is empty"));
    }
    queues.delete(name, &message.receipt_handle)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangeMessageVisibility {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: i64,
}

pub(super) fn change_message_visibility(queues: &Queues, request: &ChangeMessageVisibility) -> Outcome {
    let name = named_by(queues, &request.queue_url)?;
    if !(0..=LONGEST_VISIBILITY).contains(&request.visibility_timeout) {
        return Err(invalid("VisibilityTimeout must be between 0 and 43200"));
    }
    match queues.hide(name, &request.receipt_handle, request.visibility_timeout)? {
        true => Ok(json!({})),
        false => Err(Refusal::new(
            "AWS.SimpleQueueService.MessageNotInflight",
            "the message is not in flight under this receipt handle",
        )),
    }
}
