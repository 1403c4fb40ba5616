//! Sends writes to DynamoDB: one, or all of several or none. Each goes by the short way; where that does not do it, by the SDK.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use super::patience::Patience;
use super::statement::{Statement, Transaction, Verb};
use super::write::WRITE_ID;
use super::{AttributeValue, Entity, Item, Key, StoreError, Stored, Update, Write, row, sdk};
use crate::app::App;
use crate::app::function::boxed;

/// Does one write.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write(app: &App, write: impl Into<Write>) -> Result<(), StoreError> {
    single(app, write.into(), Returns::Nothing).await.map(|_| ())
}

/// Does one update and returns the entity as it is after it.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write_returning<E: Entity>(app: &App, update: Update) -> Result<Stored<E>, StoreError> {
    let attributes = single(app, update.into(), Returns::Item).await?;
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

/// What came of a call by the short way, where that is known.
fn outcome_of<T>(outcome: Option<Result<T, Failure>>) -> Option<Result<T, StoreError>> {
    match outcome? {
        Ok(done) => Some(Ok(done)),
        Err(failure) => failure.meaning().map(Err),
    }
}

/// A random name for one logical write: the same over all its tries.
fn write_id(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.rng.bytes::<12>())
}

/// Does one write, whose answer is the item as it is afterwards where it is to be returned.
async fn single(app: &App, write: Write, returns: Returns) -> Result<Option<Box<RawValue>>, StoreError> {
    let id = write_id(app);
    let statement = Statement::of(write.marked(&id).0?, &app.config.tables);
    let statement = match returns {
        Returns::Nothing => statement,
        Returns::Item => statement.returning(),
    };
    // What is gone cannot say who removed it. A transaction can, by its token.
    if statement.verb == Verb::Check || (statement.verb == Verb::Delete && statement.is_conditional()) {
        return transact_all(app, &[statement]).await.map(|()| None);
    }
    let mut patience = Patience::default();
    loop {
        match single_once(app, &statement).await {
            Err(StoreError::Busy) => patience.wait(app).await?,
            Err(StoreError::Refused { item: Some(item), .. }) if is_marked(&item, &id) => {
                return row::json(&item).map(Some);
            }
            outcome => return outcome,
        }
    }
}

/// What a write answers with.
#[derive(Clone, Copy)]
enum Returns {
    Nothing,
    Item,
}

fn is_marked(item: &Item, id: &str) -> bool {
    matches!(item.get(WRITE_ID), Some(AttributeValue::S(written)) if written == id)
}

async fn single_once(app: &App, statement: &Statement) -> Result<Option<Box<RawValue>>, StoreError> {
    match outcome_of(app.aws.direct().call(statement.verb.operation(), statement).await) {
        Some(outcome) => outcome.map(|done: Done| done.attributes),
        None => boxed(sdk::single(app, statement.clone())).await,
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
        Err(StoreError::Refused { item: Some(mut item), .. }) => {
            item.remove(WRITE_ID);
            if wanted.as_ref() == Some(&*item) {
                Ok(())
            } else {
                Err(StoreError::Refused { index: 0, item: Some(item) })
            }
        }
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
    // One transaction, one token: however often DynamoDB is asked, it is done once, and what was done late was done by us.
    let token = write_id(app);
    let mut patience = Patience::default();
    loop {
        match transact_once(app, statements, &token).await {
            Err(StoreError::Busy) => patience.wait(app).await?,
            outcome => return outcome,
        }
    }
}

async fn transact_once(app: &App, statements: &[Statement], token: &str) -> Result<(), StoreError> {
    let transaction = Transaction::of(statements, token);
    match outcome_of(app.aws.direct().call("TransactWriteItems", &transaction).await) {
        Some(outcome) => outcome.map(|_: Done| ()),
        None => boxed(sdk::transact(app, statements, token)).await,
    }
}
