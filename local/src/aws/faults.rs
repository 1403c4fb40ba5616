//! Faults on demand: what the embedded services never do by themselves, but AWS does.
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
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
    /// A transaction is cancelled, since one of its items takes no more writes for now (DynamoDB).
    TransactionThrottled,
    /// A transaction takes longer than its caller waits: asked again with the same token it is still in progress, then done (DynamoDB).
    SlowTransaction,
    /// None of the keys or writes of a batch were got to (DynamoDB).
    Unprocessed,
    /// The call never arrives: nothing happens, no answer comes.
    Timeout,
    /// The call is carried out, but its answer is lost on the way back, or comes when nobody waits any more.
    AnswerLost,
    /// The service fails with a 500.
    Internal,
    /// The service is not there: 503.
    Unavailable,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Throttling,
        Self::TransactionConflict,
        Self::TransactionThrottled,
        Self::SlowTransaction,
        Self::Unprocessed,
        Self::Timeout,
        Self::AnswerLost,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Whether a call can meet it.
    fn befalls(self, target: &Target) -> bool {
        let operation = target.operation.as_str();
        match self {
            Self::TransactionConflict => {
                matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems")
            }
            Self::TransactionThrottled | Self::SlowTransaction => operation == "TransactWriteItems",
            Self::Unprocessed => matches!(operation, "BatchGetItem" | "BatchWriteItem"),
            Self::Throttling | Self::Timeout | Self::AnswerLost | Self::Internal | Self::Unavailable => true,
        }
    }
}

/// How often a slow transaction is still in progress when it is asked about.
const STILL_IN_PROGRESS: u8 = 2;

/// The faults to come.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Those that wait, by `service.Operation`, first come, first served.
    waiting: HashMap<String, VecDeque<Fault>>,
    /// The one that every request meets, and the requests that have.
    each: Option<(Fault, HashSet<(String, String)>)>,
    /// The tokens of transactions that are in progress, and how often that will still be said.
    in_progress: HashMap<String, u8>,
}

impl Faults {
    pub(super) fn add(&self, operation: &str, fault: Fault) {
        self.state().waiting.entry(operation.to_owned()).or_default().push_back(fault);
    }

    /// Has every request meet `fault` once from now on, where it can; the same request again is spared.
    pub(super) fn add_to_each(&self, fault: Option<Fault>) {
        self.state().each = fault.map(|fault| (fault, HashSet::new()));
    }

    pub(super) fn take(&self, name: &str, target: &Target, body: &Bytes) -> Option<Fault> {
        let mut state = self.state();
        if let Some(fault) = state.waiting.get_mut(name).and_then(VecDeque::pop_front) {
            return Some(fault);
        }
        let (fault, met) = state.each.as_mut()?;
        let is_new = fault.befalls(target) && met.insert((name.to_owned(), written_alike(body)));
        is_new.then_some(*fault)
    }

    /// Whether a transaction is still in progress: a slow one, which was asked about by its token.
    pub(super) fn is_in_progress(&self, target: &Target, body: &[u8]) -> bool {
        if target.operation != "TransactWriteItems" {
            return false;
        }
        let mut state = self.state();
        if state.in_progress.is_empty() {
            return false;
        }
        let token = token(body);
        let Some(times) = state.in_progress.get_mut(&token).filter(|times| **times > 0) else { return false };
        *times -= 1;
        true
    }

    /// Has the transaction be in progress for a while.
    pub(super) fn begin(&self, body: &[u8]) {
        self.state().in_progress.insert(token(body), STILL_IN_PROGRESS);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a request with its members in one order, since the SDK and we write them in orders of our own.
fn written_alike(body: &[u8]) -> String {
    let value = serde_json::from_slice::<Value>(body).map(|value| value.to_string());
    value.unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned())
}

fn token(body: &[u8]) -> String {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    request["ClientRequestToken"].as_str().unwrap_or_default().to_owned()
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
    cancelled(body, "TransactionConflict", MESSAGE)
}

/// A transaction that was cancelled since one of its items is written too often.
pub(super) fn transaction_throttled(body: &[u8]) -> Refusal {
    cancelled(body, "ThrottlingError", "Throughput exceeds the current capacity of your table or index")
}

/// A transaction whose token belongs to one that has not ended.
pub(super) fn in_progress() -> Refusal {
    Refusal::new(
        "TransactionInProgressException",
        "Transaction for the given ClientRequestToken is in progress",
    )
}

/// The answer to a batch of which nothing was got to: all of it is handed back.
pub(super) fn unprocessed(target: &Target, body: &[u8]) -> Vec<u8> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let answer = match target.operation.as_str() {
        "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": request["RequestItems"] }),
        _ => json!({ "UnprocessedItems": request["RequestItems"] }),
    };
    answer.to_string().into_bytes()
}

/// A transaction that was cancelled for this reason of its first element.
fn cancelled(body: &[u8], code: &str, message: &str) -> Refusal {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let elements = request["TransactItems"].as_array().map_or(1, Vec::len);
    let reasons: Vec<Value> = (0..elements)
        .map(|index| match index {
            0 => json!({ "Code": code, "Message": message }),
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

/// What stands before the service says that it is not there.
pub(super) fn unavailable() -> Refusal {
    Refusal::new("ServiceUnavailable", "service unavailable").with_status(StatusCode::SERVICE_UNAVAILABLE)
}
