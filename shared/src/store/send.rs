//! Sends writes to DynamoDB: one, or all of several or none. Each goes by the short way; where that does not do it, by the SDK.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::statement::{Statement, Transaction, Verb};
use super::{Entity, Item, Key, StoreError, Stored, Update, Write, row, sdk};
use crate::app::App;
use crate::app::function::boxed;

/// Does one write.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write(app: &App, write: impl Into<Write>) -> Result<(), StoreError> {
    single(app, Statement::of(write.into().0?, &app.config.tables)).await.map(|_| ())
}

/// Does one update and returns the entity as it is after it.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write_returning<E: Entity>(app: &App, update: Update) -> Result<Stored<E>, StoreError> {
    let statement = Statement::of(Write::from(update).0?, &app.config.tables).returning();
    let attributes = single(app, statement).await?;
    row::entity(&attributes.ok_or_else(|| StoreError::corrupt(E::TYPE, "an update that returned nothing"))?)
}

/// Adds to a counter and returns the entity as it is after it: the race-safe way to count.
///
/// # Errors
/// When DynamoDB does not answer.
pub async fn increment<E: Entity>(
    app: &App,
    key: Key,
    attribute: &'static str,
) -> Result<Stored<E>, StoreError> {
    write_returning(app, Update::of::<E>(key).add(attribute, 1)).await
}

/// The answer to a write that was done.
#[derive(Deserialize)]
struct Done {
    #[serde(rename = "Attributes", default)]
    attributes: Option<Box<RawValue>>,
}

/// Why a write was not done.
#[derive(Deserialize)]
pub(super) struct Failed {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(rename = "Item", default)]
    item: Option<Item>,
    #[serde(rename = "CancellationReasons", default)]
    reasons: Vec<Reason>,
}

/// What one write has to do with the failure of a transaction.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Reason {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) item: Option<Item>,
}

impl Failed {
    /// What it means, where it is one of the failures that writes have to count with.
    fn meaning(self) -> Option<StoreError> {
        match self.kind.rsplit('#').next()? {
            "ConditionalCheckFailedException" => {
                Some(StoreError::Refused { index: 0, item: self.item.map(Box::new) })
            }
            "TransactionCanceledException" => Self::cancelled(self.reasons),
            "TransactionInProgressException" => Some(StoreError::Busy),
            _ => None,
        }
    }

    /// What it means that a transaction was cancelled for `reasons`, one for each of its writes.
    pub(super) fn cancelled(reasons: Vec<Reason>) -> Option<StoreError> {
        let says = |reason: &Reason, code| reason.code.as_deref() == Some(code);
        let busy = reasons.iter().any(|reason| says(reason, "TransactionConflict"));
        let mut refused = reasons.into_iter().enumerate();
        match refused.find(|(_, reason)| says(reason, "ConditionalCheckFailed")) {
            Some((index, reason)) => Some(StoreError::Refused { index, item: reason.item.map(Box::new) }),
            None => busy.then_some(StoreError::Busy),
        }
    }
}

/// What came of a call by the short way, where that is known.
fn outcome_of<T>(outcome: Option<Result<T, Failed>>) -> Option<Result<T, StoreError>> {
    match outcome? {
        Ok(done) => Some(Ok(done)),
        Err(failed) => failed.meaning().map(Err),
    }
}

async fn single(app: &App, statement: Statement) -> Result<Option<Box<RawValue>>, StoreError> {
    let operation = match statement.verb {
        Verb::Put => "PutItem",
        Verb::Delete => "DeleteItem",
        Verb::Update => "UpdateItem",
        Verb::Check => return transact_all(app, &[statement]).await.map(|()| None),
    };
    match outcome_of(app.aws.direct().call(operation, &statement).await) {
        Some(outcome) => outcome.map(|done: Done| done.attributes),
        None => boxed(sdk::single(app, statement)).await,
    }
}

/// Does all of `writes`, or none: a lone row without a transaction, at half its price. If it is there already just as it would be
/// written, it counts as written: the answer to the first try was lost, or somebody has done the very same. So this is not for what
/// counts.
///
/// # Errors
/// [`StoreError::Refused`] with the index of the first write whose condition does not hold.
pub async fn write_or_same(app: &App, mut writes: Vec<Write>) -> Result<(), StoreError> {
    let wanted = match writes.as_slice() {
        [] => return Ok(()),
        [only] => only.item().cloned(),
        [_, _, ..] => None,
    };
    let Some(row) = wanted.as_ref().and_then(|_| writes.pop()) else { return transact(app, writes).await };
    match write(app, row).await {
        Err(StoreError::Refused { item: Some(item), .. }) if wanted.as_ref() == Some(&*item) => Ok(()),
        outcome => outcome,
    }
}

/// Does all of `writes` (at most 100) or none of them.
///
/// # Errors
/// [`StoreError::Refused`] with the index of the first write whose condition does not hold.
pub async fn transact(app: &App, writes: Vec<Write>) -> Result<(), StoreError> {
    transact_all(app, &statements(app, writes)?).await
}

pub(super) fn statements(app: &App, writes: Vec<Write>) -> Result<Vec<Statement>, StoreError> {
    writes.into_iter().map(|write| write.0.map(|kind| Statement::of(kind, &app.config.tables))).collect()
}

pub(super) async fn transact_all(app: &App, statements: &[Statement]) -> Result<(), StoreError> {
    const TRIES: u32 = 5;
    for attempt in 0..TRIES {
        match transact_once(app, statements).await {
            Err(StoreError::Busy) => {
                let jitter = u64::from(app.rng.bytes::<1>()[0]) / 8;
                tokio::time::sleep(std::time::Duration::from_millis((5 << attempt) + jitter)).await;
            }
            outcome => return outcome,
        }
    }
    Err(StoreError::Busy)
}

async fn transact_once(app: &App, statements: &[Statement]) -> Result<(), StoreError> {
    let token = URL_SAFE_NO_PAD.encode(app.rng.bytes::<16>());
    let transaction = Transaction::of(statements, &token);
    match outcome_of(app.aws.direct().call("TransactWriteItems", &transaction).await) {
        Some(outcome) => outcome.map(|_: Done| ()),
        None => boxed(sdk::transact(app, statements, &token)).await,
    }
}
