//! From the outbox's stream to the queues: every event to the queue of events; messages to the queue of messages as well, and what clients
//! are to know to queues of theirs.

use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::Deserialize;
use serde_json::{Value, json};

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

/// A body for a queue, and where in the stream it comes from.
struct Letter<'a> {
    sequence: &'a str,
    body: String,
}

/// What a queue gets of an event.
type View = fn(&Event) -> Vec<Event>;

/// First those that may come twice: an event is known by its id, and a session ends but once. A customer who gets a mail twice wonders.
async fn send_chunk(app: &App, chunk: &[Streamed]) -> Failures {
    let views: [(&str, View); 4] = [
        (&app.config.queue_events, |event| vec![without_content(event)]),
        (&app.config.queue_logouts, logouts),
        (&app.config.queue_notifications, notifications),
        (&app.config.queue_messages, messages),
    ];
    for (queue, view) in views {
        let letters: Vec<Letter<'_>> = chunk.iter().flat_map(|streamed| letters(streamed, view)).collect();
        for some in letters.chunks(AT_ONCE) {
            let failures = send(app, queue, some).await;
            if !failures.is_empty() {
                return failures;
            }
        }
    }
    for Streamed { event, .. } in chunk {
        tracing::info!(event = event.id.as_str(), kind = event.kind.name(), "event");
    }
    Failures::default()
}

fn letters(streamed: &Streamed, view: View) -> Vec<Letter<'_>> {
    let letter = |event: Event| Letter {
        sequence: &streamed.sequence,
        body: serde_json::to_string(&event).unwrap_or_default(),
    };
    view(&streamed.event).into_iter().map(letter).collect()
}

/// The event for everybody: the content of a message is for its recipient alone, even sealed.
pub(super) fn without_content(event: &Event) -> Event {
    let mut event = event.clone();
    if let (EventKind::MessageRequested, Value::Object(data)) = (event.kind, &mut event.data) {
        data.remove("sealed");
    }
    event
}

fn messages(event: &Event) -> Vec<Event> {
    if event.kind == EventKind::MessageRequested { vec![event.clone()] } else { Vec::new() }
}

/// The end of a session, once for each client that the session was used for: each is told by itself, and of itself alone.
pub(super) fn logouts(event: &Event) -> Vec<Event> {
    if event.kind != EventKind::SessionEnded {
        return Vec::new();
    }
    let clients = event.data["clients"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let facts = json!({ "session": event.data["session"], "reason": event.data["reason"] });
    clients.map(|client| event.clone().of_client(client).with(facts.clone())).collect()
}

/// What a client waits for that does not poll: that its request was made, to be looked at when its time is over, and that it was decided.
pub(super) fn notifications(event: &Event) -> Vec<Event> {
    let about_request = matches!(event.kind, EventKind::BackchannelRequested | EventKind::BackchannelDecided);
    let waits = event.data["mode"].as_str().is_some_and(|mode| matches!(mode, "ping" | "push"));
    if about_request && waits { vec![event.clone()] } else { Vec::new() }
}

async fn send(app: &App, queue: &str, letters: &[Letter<'_>]) -> Failures {
    let mut failures = Failures::default();
    let entries = letters.iter().enumerate().map(|(index, letter)| {
        SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(&letter.body).build()
    });
    let entries: Vec<_> = match entries.collect() {
        Ok(entries) => entries,
        Err(error) => return all_failed(letters, &error),
    };
    match app.aws.sqs().send_message_batch().queue_url(queue).set_entries(Some(entries)).send().await {
        Err(error) => return all_failed(letters, &DisplayErrorContext(error)),
        Ok(output) => {
            for failed in output.failed {
                let letter = failed.id.parse().ok().and_then(|index: usize| letters.get(index));
                if let Some(letter) = letter {
                    failures.add(letter.sequence.to_owned(), &failed.code);
                }
            }
        }
    }
    failures
}

fn all_failed(letters: &[Letter<'_>], error: &dyn std::fmt::Display) -> Failures {
    let mut failures = Failures::default();
    for letter in letters {
        failures.add(letter.sequence.to_owned(), error);
    }
    failures
}
