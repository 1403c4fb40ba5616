//! SQS: standard queues with visibility time-outs, delays and dead letters, durable in one SQLite file.
mod batch;
mod digest;
mod messages;
mod operations;
mod options;
mod store;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::{ACCOUNT, REGION};

pub(super) use operations::perform;
pub use store::Queues;

/// SQS's own default for how long a received message is hidden, in seconds.
const VISIBILITY_TIMEOUT: i64 = 30;

/// How a queue behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueOptions {
    /// How many seconds a received message is hidden from others.
    pub visibility_timeout: i64,
    /// How many seconds a new message is hidden.
    pub delay: i64,
    /// Where messages go that are received too often.
    pub dead_letter: Option<DeadLetter>,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self { visibility_timeout: VISIBILITY_TIMEOUT, delay: 0, dead_letter: None }
    }
}

/// Where messages go that nobody manages to work off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The name of the queue for them.
    pub queue: String,
    /// How often a message is received at most before it goes there.
    pub max_receives: i64,
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Those that can be received now.
    pub visible: i64,
    /// Those that were received and neither deleted nor given back.
    pub in_flight: i64,
    /// Those that were sent with a delay and are not due.
    pub delayed: i64,
}

impl Depth {
    /// All of them.
    pub fn total(self) -> i64 {
        self.visible + self.in_flight + self.delayed
    }
}

/// A message that was received, with the handle that deletes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The message's id, the same at every receipt.
    pub id: String,
    /// The handle of this receipt; the next one has another.
    pub receipt: String,
    /// What was sent.
    pub body: String,
    /// The message attributes that were sent with it, as the API has them.
    pub attributes: Map<String, Value>,
    /// How often it was received, with this time.
    pub receives: i64,
    /// When it was sent, in seconds since the Unix epoch.
    pub sent_at: i64,
    /// When it was first received.
    pub first_received_at: i64,
}

impl Received {
    /// The message as one of the `Records` of a Lambda's SQS event.
    pub fn event_record(&self, queue: &str) -> Value {
        let attributes: Map<String, Value> = self
            .attributes
            .iter()
            .map(|(name, value)| {
                let renamed = json!({
                    "dataType": value["DataType"],
                    "stringValue": value["StringValue"],
                    "binaryValue": value["BinaryValue"],
                    "stringListValues": [],
                    "binaryListValues": [],
                });
                (name.clone(), renamed)
            })
            .collect();
        json!({
            "messageId": self.id,
            "receiptHandle": self.receipt,
            "body": self.body,
            "md5OfBody": digest::of_body(&self.body),
            "attributes": self.system_attributes(),
            "messageAttributes": attributes,
            "eventSource": "aws:sqs",
            "eventSourceARN": arn(queue),
            "awsRegion": REGION,
        })
    }

    /// Strings, all of them, and times in milliseconds: that is how SQS gives them.
    fn system_attributes(&self) -> Map<String, Value> {
        [
            ("ApproximateReceiveCount", self.receives.to_string()),
            ("ApproximateFirstReceiveTimestamp", (self.first_received_at * 1000).to_string()),
            ("SentTimestamp", (self.sent_at * 1000).to_string()),
            ("SenderId", ACCOUNT.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .into_iter()
        .collect()
    }
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}
