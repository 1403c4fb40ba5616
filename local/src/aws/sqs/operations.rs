//! The operations of `AmazonSQS`, by name.
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::batch::batch;
use super::messages::{
    change_message_visibility, delete, delete_message, receive_message, send, send_message,
};
use super::store::Queues;
use super::{DeadLetter, arn, options};
use crate::aws::wire::{self, Refusal};
use crate::aws::{ACCOUNT, REGION};

pub(super) const NO_SUCH_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";
/// How many messages go into one call.
pub(super) const BATCH_LIMIT: usize = 10;

pub(super) type Outcome = Result<Value, Refusal>;

/// Carries out one operation.
pub(in crate::aws) async fn perform(
    queues: &Queues,
    operation: &str,
    body: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let answer = match operation {
        "CreateQueue" => create_queue(queues, wire::read(body)?),
        "GetQueueUrl" => get_queue_url(queues, &wire::read::<Named>(body)?),
        "GetQueueAttributes" => get_queue_attributes(queues, &wire::read(body)?),
        "ListQueues" => list_queues(queues, &wire::read(body)?),
        "PurgeQueue" => purge_queue(queues, &wire::read(body)?),
        "SendMessage" => send_message(queues, &wire::read(body)?),
        "SendMessageBatch" => batch(queues, &wire::read(body)?, send),
        "ReceiveMessage" => receive_message(queues, wire::read(body)?).await,
        "DeleteMessage" => delete_message(queues, &wire::read(body)?),
        "DeleteMessageBatch" => batch(queues, &wire::read(body)?, delete),
        "ChangeMessageVisibility" => change_message_visibility(queues, &wire::read(body)?),
        _ => Err(Refusal::unknown_operation()),
    }?;
    wire::write(&answer)
}

/// A request that names a queue by its URL and no more.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfQueue {
    pub(super) queue_url: String,
}

/// The name of the queue that a URL means.
pub(super) fn named_by<'a>(queues: &Queues, url: &'a str) -> Result<&'a str, Refusal> {
    let name = url.rsplit('/').next().unwrap_or(url);
    match queues.find(name)? {
        Some(_) => Ok(name),
        None => Err(no_such_queue()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    queue_name: String,
}

fn get_queue_url(queues: &Queues, request: &Named) -> Outcome {
    let name = named_by(queues, &request.queue_name)?;
    Ok(json!({ "QueueUrl": queues.url(name) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: Map<String, Value>,
}

fn create_queue(queues: &Queues, request: CreateQueue) -> Outcome {
    let name = request.queue_name;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || name.len() > 80 || !name.bytes().all(is_name) {
        return Err(invalid("a queue's name has 1 to 80 letters, digits, hyphens and underscores"));
    }
    let options = options::read(&request.attributes)?;
    match queues.find(&name)? {
        Some(existing) if existing != options => {
            return Err(Refusal::new("QueueAlreadyExists", "a queue of this name has other attributes"));
        }
        Some(_) => {}
        None => queues.create(&name, &options)?,
    }
    Ok(json!({ "QueueUrl": queues.url(&name) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetQueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

fn get_queue_attributes(queues: &Queues, request: &GetQueueAttributes) -> Outcome {
    let name = named_by(queues, &request.queue_url)?;
    let options = queues.find(name)?.ok_or_else(no_such_queue)?;
    let depth = queues.depth(name)?;
    let mut attributes: Map<String, Value> = [
        ("QueueArn", arn(name)),
        ("ApproximateNumberOfMessages", depth.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
        ("VisibilityTimeout", options.visibility_timeout.to_string()),
        ("DelaySeconds", options.delay.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), Value::from(value)))
    .into_iter()
    .collect();
    if let Some(DeadLetter { queue, max_receives }) = options.dead_letter {
        let policy = json!({ "deadLetterTargetArn": arn(&queue), "maxReceiveCount": max_receives });
        attributes.insert("RedrivePolicy".to_owned(), Value::from(policy.to_string()));
    }
    attributes.retain(|name, _| is_wanted(&request.attribute_names, name));
    Ok(json!({ "Attributes": attributes }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListQueues {
    #[serde(default)]
    queue_name_prefix: String,
}

fn list_queues(queues: &Queues, request: &ListQueues) -> Outcome {
    let names = queues.names()?;
    let matching = names.iter().filter(|name| name.starts_with(&request.queue_name_prefix));
    let urls: Vec<String> = matching.map(|name| queues.url(name)).collect();
    Ok(json!({ "QueueUrls": urls }))
}

fn purge_queue(queues: &Queues, request: &OfQueue) -> Outcome {
    queues.purge(named_by(queues, &request.queue_url)?)?;
    Ok(json!({}))
}

fn no_such_queue() -> Refusal {
    Refusal::new(NO_SUCH_QUEUE, format!("the queue does not exist in {REGION} for {ACCOUNT}"))
}

pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

/// Whether a list of names asks for this one.
pub(super) fn is_wanted(wanted: &[String], name: &str) -> bool {
    let is_match = |wanted: &String| match wanted.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => wanted == "All" || wanted == name,
    };
    wanted.iter().any(is_match)
}
