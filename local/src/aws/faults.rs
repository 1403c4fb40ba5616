//! Faults on demand: what the embedded services never do by themselves, but AWS does.
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::dispatch::{Service, Target};
use super::wire::Refusal;

/// What the next call of an operation meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The service asks the caller to slow down.
    Throttling,
    /// Another write to the same item is under way (DynamoDB).
    TransactionConflict,
    /// The call never arrives: nothing happens, no answer comes.
    Timeout,
    /// The call is carried out, but its answer is lost on the way back.
    AnswerLost,
    /// The service fails with a 500.
    Internal,
}

/// The faults that wait, by `service.Operation`, first come, first served.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<HashMap<String, VecDeque<Fault>>>);

impl Faults {
    pub(super) fn add(&self, operation: &str, fault: Fault) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.entry(operation.to_owned()).or_default().push_back(fault);
    }

    pub(super) fn take(&self, operation: &str) -> Option<Fault> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get_mut(operation)?.pop_front()
    }
}

/// The throttling error of each service.
pub(super) fn throttling(service: Service) -> Refusal {
    let code = match service {
        Service::DynamoDb => "ProvisionedThroughputExceededException",
        Service::Kms => "ThrottlingException",
        Service::Sqs => "RequestThrottled",
        Service::Sns => "Throttling",
        Service::Ses => "TooManyRequestsException",
    };
    let status = match service {
        Service::Ses => StatusCode::TOO_MANY_REQUESTS,
        Service::DynamoDb | Service::Kms | Service::Sqs | Service::Sns => StatusCode::BAD_REQUEST,
    };
    Refusal::new(code, "rate exceeded").with_status(status)
}

/// The conflict as DynamoDB reports it: for a transaction, as the reason of its first element.
pub(super) fn conflict(target: &Target, body: &[u8]) -> Refusal {
    const MESSAGE: &str = "Transaction is ongoing for the item";
    if target.operation != "TransactWriteItems" {
        return Refusal::new("TransactionConflictException", MESSAGE);
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let elements = request["TransactItems"].as_array().map_or(1, Vec::len);
    let reasons: Vec<Value> = (0..elements)
        .map(|index| match index {
            0 => json!({ "Code": "TransactionConflict", "Message": MESSAGE }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    Refusal::new(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons",
    )
    .with("CancellationReasons", Value::Array(reasons))
}

/// The failure that every service may answer with.
pub(super) fn internal(service: Service) -> Refusal {
    let code = match service {
        Service::Kms => "KMSInternalException",
        Service::DynamoDb => "InternalServerError",
        Service::Sqs | Service::Sns | Service::Ses => "InternalFailure",
    };
    Refusal::new(code, "internal failure").with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
