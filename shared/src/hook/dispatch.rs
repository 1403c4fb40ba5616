//! From the outbox's stream to the queues: every event to the queue of events, messages to the queue of messages as well.

use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::Deserialize;
use serde_json::Value;

use super::{Event, EventKind, Failures};
use crate::app::App;
use crate::app::function::EventError;

/// SQS takes so many messages at once.
const AT_ONCE: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    new_image: Option<serde_dynamo::Item>,
}

/// An event of the stream, and where in the stream it stands.
#[derive(Debug)]
pub(super) struct Streamed {
    pub(super) sequence: String,
    pub(super) event: Event,
}

/// Sends the events of a batch of the stream. At the first failure it stops: Lambda brings the batch again from there, so that what
/// was sent before stays sent once.
///
/// # Errors
/// When the payload is not that of a stream.
pub async fn dispatch(app: &App, payload: Value) -> Result<Failures, EventError> {
    let (streamed, unreadable) = read(payload)?;
    let readable = streamed.len();
    for chunk in streamed.chunks(AT_ONCE) {
        let failures = send_chunk(app, chunk).await;
        if !failures.is_empty() {
            return Ok(failures);
        }
    }
    tracing::info!(events = readable, "dispatched");
    Ok(unreadable)
}

/// The inserted events of a batch up to the first that cannot be read, which counts as failed.
pub(super) fn read(payload: Value) -> Result<(Vec<Streamed>, Failures), EventError> {
    let batch: Batch = serde_json::from_value(payload)?;
    let mut streamed = Vec::with_capacity(batch.records.len());
    let mut failures = Failures::default();
    for Record { event_name, dynamodb: Change { sequence_number, new_image } } in batch.records {
        let Some(image) = new_image.filter(|_| event_name == "INSERT") else { continue };
        match serde_dynamo::from_item(image) {
            Ok(event) => streamed.push(Streamed { sequence: sequence_number, event }),
            Err(error) => {
                failures.add(sequence_number, &error);
                break;
            }
        }
    }
    Ok((streamed, failures))
}

/// Events go first: one that comes twice is known by its id, a customer who gets a mail twice wonders.
async fn send_chunk(app: &App, chunk: &[Streamed]) -> Failures {
    let mut failures = Failures::default();
    let events: Vec<_> = chunk.iter().collect();
    send(app, &app.config.queue_events, (&events, without_content), &mut failures).await;
    if !failures.is_empty() {
        return failures;
    }
    let is_message = |streamed: &&Streamed| streamed.event.kind == EventKind::MessageRequested;
    let messages: Vec<_> = chunk.iter().filter(is_message).collect();
    send(app, &app.config.queue_messages, (&messages, Event::clone), &mut failures).await;
    if failures.is_empty() {
        for Streamed { event, .. } in chunk {
            tracing::info!(event = event.id.as_str(), kind = event.kind.name(), "event");
        }
    }
    failures
}

/// The event for everybody: the content of a message is for its recipient alone, even sealed.
pub(super) fn without_content(event: &Event) -> Event {
    let mut event = event.clone();
    if let (EventKind::MessageRequested, Value::Object(data)) = (event.kind, &mut event.data) {
        data.remove("sealed");
    }
    event
}

async fn send(
    app: &App,
    queue: &str,
    (chunk, view): (&[&Streamed], fn(&Event) -> Event),
    failures: &mut Failures,
) {
    if chunk.is_empty() {
        return;
    }
    let entries = chunk.iter().enumerate().map(|(index, streamed)| {
        let body = serde_json::to_string(&view(&streamed.event)).unwrap_or_default();
        SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body).build()
    });
    let entries: Vec<_> = match entries.collect() {
        Ok(entries) => entries,
        Err(error) => return fail_all(chunk, &error, failures),
    };
    match app.aws.sqs().send_message_batch().queue_url(queue).set_entries(Some(entries)).send().await {
        Err(error) => fail_all(chunk, &DisplayErrorContext(error), failures),
        Ok(output) => {
            for failed in output.failed {
                let streamed = failed.id.parse().ok().and_then(|index: usize| chunk.get(index));
                if let Some(streamed) = streamed {
                    failures.add(streamed.sequence.clone(), &failed.code);
                }
            }
        }
    }
}

fn fail_all(chunk: &[&Streamed], error: &dyn std::fmt::Display, failures: &mut Failures) {
    for streamed in chunk {
        failures.add(streamed.sequence.clone(), error);
    }
}
