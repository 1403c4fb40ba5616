//! Batches from a queue, and the answer that tells Lambda which of their messages to bring again (`ReportBatchItemFailures`).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Event;
use crate::app::function::EventError;

/// One event from a queue.
pub struct Queued {
    /// The message's id, which a failure names.
    pub id: String,
    /// What names this receipt of it to the queue.
    pub receipt: String,
    /// How often it has come, this time included.
    pub attempt: u32,
    /// The event.
    pub event: Event,
}

/// The parts of a batch that failed, by the ids that Lambda knows them by.
#[derive(Debug, Default)]
pub struct Failures(Vec<String>);

impl Failures {
    /// Notes that the part `id` failed, and why in the log.
    pub fn add(&mut self, id: String, error: &dyn std::fmt::Display) {
        tracing::error!(item = id, error = %error, "failed; it comes again");
        self.0.push(id);
    }

    /// Notes that the part `id` is to come again, through no fault of ours: whoever tried has told of it.
    pub fn postpone(&mut self, id: String) {
        self.0.push(id);
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The function's answer.
    #[must_use]
    pub fn answer(&self) -> Value {
        let failures: Vec<Value> = self.0.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        json!({ "batchItemFailures": failures })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    records: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    #[serde(default)]
    receipt_handle: String,
    #[serde(default)]
    attributes: Attributes,
    body: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    /// A number, as SQS writes it.
    #[serde(default)]
    approximate_receive_count: String,
}

/// The events of a batch. A body that is none counts as failed, and ends among the dead letters.
///
/// # Errors
/// When the payload is not that of a queue.
pub fn read_batch(payload: Value) -> Result<(Vec<Queued>, Failures), EventError> {
    let batch: Batch = serde_json::from_value(payload)?;
    let mut failures = Failures::default();
    let mut queued = Vec::with_capacity(batch.records.len());
    for message in batch.records {
        match serde_json::from_str(&message.body) {
            Ok(event) => queued.push(Queued {
                id: message.message_id,
                receipt: message.receipt_handle,
                attempt: message.attributes.approximate_receive_count.parse().unwrap_or(1),
                event,
            }),
            Err(error) => failures.add(message.message_id, &error),
        }
    }
    Ok((queued, failures))
}
