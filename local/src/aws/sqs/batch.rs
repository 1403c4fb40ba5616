//! The same for each entry of a batch.
use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::operations::{BATCH_LIMIT, Outcome, named_by};
use super::store::Queues;
use crate::aws::wire::Refusal;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: serde::de::DeserializeOwned")]
pub(super) struct Batch<T> {
    queue_url: String,
    entries: Vec<Entry<T>>,
}

#[derive(Deserialize)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
struct Entry<T> {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    what: T,
}

/// Does the same for each entry; one that fails does not keep the others from succeeding.
pub(super) fn batch<T>(
    queues: &Queues,
    request: &Batch<T>,
    act: impl Fn(&Queues, &str, &T) -> Outcome,
) -> Outcome {
    let name = named_by(queues, &request.queue_url)?;
    check_entries(&request.entries)?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in &request.entries {
        match act(queues, name, &entry.what) {
            Ok(mut done) => {
                done["Id"] = Value::from(entry.id.as_str());
                successful.push(done);
            }
            Err(refusal) => failed.push(json!({
                "Id": entry.id,
                "SenderFault": refusal.status.is_client_error(),
                "Code": refusal.code,
                "Message": refusal.message,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn check_entries<T>(entries: &[Entry<T>]) -> Result<(), Refusal> {
    let refuse =
        |what: &str, message: &str| Err(Refusal::new(format!("AWS.SimpleQueueService.{what}"), message));
    if entries.is_empty() {
        return refuse("EmptyBatchRequest", "the batch has no entry");
    }
    if entries.len() > BATCH_LIMIT {
        return refuse("TooManyEntriesInBatchRequest", "the batch has more than 10 entries");
    }
    let ids: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    if ids.len() < entries.len() {
        return refuse("BatchEntryIdsNotDistinct", "two entries have the same id");
    }
    Ok(())
}
