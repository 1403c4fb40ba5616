//! How a queue behaves, as the attributes of `CreateQueue` say it.
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{DeadLetter, QueueOptions};
use crate::aws::wire::Refusal;

pub(super) const LONGEST_DELAY: i64 = 15 * 60;
pub(super) const LONGEST_VISIBILITY: i64 = 12 * 60 * 60;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
    max_receive_count: Value,
}

pub(super) fn read(attributes: &Map<String, Value>) -> Result<QueueOptions, Refusal> {
    let defaults = QueueOptions::default();
    let refuse = |name: &str| {
        Refusal::new("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
    };
    let seconds = |name: &str, default, limit| match attributes.get(name) {
        None => Ok(default),
        Some(value) => {
            number(value).filter(|seconds| (0..=limit).contains(seconds)).ok_or_else(|| refuse(name))
        }
    };
    let dead_letter = match attributes.get("RedrivePolicy").and_then(Value::as_str) {
        None => None,
        Some(policy) => Some(dead_letter_of(policy).ok_or_else(|| refuse("RedrivePolicy"))?),
    };
    Ok(QueueOptions {
        visibility_timeout: seconds("VisibilityTimeout", defaults.visibility_timeout, LONGEST_VISIBILITY)?,
        delay: seconds("DelaySeconds", defaults.delay, LONGEST_DELAY)?,
        dead_letter,
    })
}

fn dead_letter_of(policy: &str) -> Option<DeadLetter> {
    let policy: RedrivePolicy = serde_json::from_str(policy).ok()?;
    let queue = policy.dead_letter_target_arn.rsplit(':').next()?.to_owned();
    let max_receives = number(&policy.max_receive_count).filter(|count| *count > 0)?;
    Some(DeadLetter { queue, max_receives })
}

/// SQS takes numbers as numbers and as strings.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
