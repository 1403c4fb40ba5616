//! Sends writes to DynamoDB: one, or all of several or none.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
    TransactWriteItem, Update as UpdateItem,
};

use super::write::Kind;
use super::{Entity, Item, Key, StoreError, Stored, Update, Write, entity};
use crate::app::App;
use crate::config::Tables;

/// Does one write.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write(app: &App, write: impl Into<Write>) -> Result<(), StoreError> {
    single(app, write.into(), ReturnValue::None).await.map(|_| ())
}

/// Does one update and returns the entity as it is after it.
///
/// # Errors
/// [`StoreError::Refused`] with the winning row when its condition does not hold.
pub async fn write_returning<E: Entity>(app: &App, update: Update) -> Result<Stored<E>, StoreError> {
    entity::from_item(single(app, update.into(), ReturnValue::AllNew).await?.unwrap_or_default())
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

/// What every write says alike: its table, its condition, and that whoever loses wants to see the winner. The SDK's builders have
/// these methods in common, and no trait.
macro_rules! guarded {
    ($builder:expr, $table:expr, $expression:ident) => {
        $builder
            .table_name($table)
            .set_condition_expression($expression.condition)
            .set_expression_attribute_names($expression.names)
            .set_expression_attribute_values($expression.values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
    };
}

/// Sends one write, whose operation fails with `$error`.
macro_rules! sent {
    ($operation:expr, $error:ident) => {
        $operation.send().await.map_err(|error| match error.into_service_error() {
            $error::ConditionalCheckFailedException(failed) => refused(failed.item),
            other => StoreError::unavailable(other),
        })
    };
}

async fn single(app: &App, write: Write, returned: ReturnValue) -> Result<Option<Item>, StoreError> {
    let tables = &app.config.tables;
    let client = app.aws.dynamodb();
    match write.0? {
        Kind::Put(table, item, expression) => {
            let expression = expression.finish();
            let put = guarded!(client.put_item(), table.name(tables), expression).set_item(Some(item));
            sent!(put, PutItemError).map(|_| None)
        }
        Kind::Delete(table, key, expression) => {
            let expression = expression.finish();
            let delete = guarded!(client.delete_item(), table.name(tables), expression);
            sent!(delete.set_key(Some(key.item())), DeleteItemError).map(|_| None)
        }
        Kind::Update(table, key, expression) => {
            let expression = expression.finish();
            let update = guarded!(client.update_item(), table.name(tables), expression)
                .set_key(Some(key.item()))
                .update_expression(expression.update)
                .return_values(returned);
            sent!(update, UpdateItemError).map(|output| output.attributes)
        }
        kind @ Kind::Check(..) => transact(app, vec![Write(Ok(kind))]).await.map(|()| None),
    }
}

/// Does all of `writes`, or none: a lone row without a transaction, at half its price. If it is there already just as it would be
/// written, it counts as written: the answer to the first try was lost, or somebody has done the very same. So this is not for what
/// counts.
///
/// # Errors
/// [`StoreError::Refused`] with the index of the first write whose condition does not hold.
pub async fn settle(app: &App, mut writes: Vec<Write>) -> Result<(), StoreError> {
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

fn refused(item: Option<Item>) -> StoreError {
    StoreError::Refused { index: 0, item: item.map(Box::new) }
}

/// Does all of `writes` (at most 100) or none of them.
///
/// # Errors
/// [`StoreError::Refused`] with the index of the first write whose condition does not hold.
pub async fn transact(app: &App, writes: Vec<Write>) -> Result<(), StoreError> {
    let items = transact_items(app, writes)?;
    transact_all(app, &items).await
}

pub(super) fn transact_items(app: &App, writes: Vec<Write>) -> Result<Vec<TransactWriteItem>, StoreError> {
    let tables = &app.config.tables;
    writes.into_iter().map(|write| write.0.and_then(|kind| transact_item(kind, tables))).collect()
}

pub(super) async fn transact_all(app: &App, items: &[TransactWriteItem]) -> Result<(), StoreError> {
    const TRIES: u32 = 5;
    for attempt in 0..TRIES {
        let items = Some(items.to_vec());
        let sent = app.aws.dynamodb().transact_write_items().set_transact_items(items).send().await;
        match sent.map_err(cancelled) {
            Ok(_) => return Ok(()),
            Err(StoreError::Busy) => {
                let jitter = u64::from(app.rng.bytes::<1>()[0]) / 8;
                tokio::time::sleep(std::time::Duration::from_millis((5 << attempt) + jitter)).await;
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}

fn transact_item(kind: Kind, tables: &Tables) -> Result<TransactWriteItem, StoreError> {
    let item = TransactWriteItem::builder();
    let built = match kind {
        Kind::Put(table, entity, expression) => {
            let expression = expression.finish();
            let put = guarded!(Put::builder(), table.name(tables), expression).set_item(Some(entity));
            put.build().map(|put| item.put(put))
        }
        Kind::Delete(table, key, expression) => {
            let expression = expression.finish();
            let delete = guarded!(Delete::builder(), table.name(tables), expression);
            delete.set_key(Some(key.item())).build().map(|delete| item.delete(delete))
        }
        Kind::Update(table, key, expression) => {
            let expression = expression.finish();
            let update = guarded!(UpdateItem::builder(), table.name(tables), expression)
                .set_key(Some(key.item()))
                .update_expression(expression.update);
            update.build().map(|update| item.update(update))
        }
        Kind::Check(table, key, expression) => {
            let expression = expression.finish();
            let check = guarded!(ConditionCheck::builder(), table.name(tables), expression);
            check.set_key(Some(key.item())).build().map(|check| item.condition_check(check))
        }
    };
    built.map(|item| item.build()).map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn cancelled<R>(error: SdkError<TransactWriteItemsError, R>) -> StoreError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.into_service_error() {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled.cancellation_reasons.unwrap_or_default();
            let failed = reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed"));
            match failed {
                Some(index) => {
                    let item = reasons.into_iter().nth(index).and_then(|reason| reason.item).map(Box::new);
                    StoreError::Refused { index, item }
                }
                None if reasons.iter().any(|reason| reason.code() == Some("TransactionConflict")) => {
                    StoreError::Busy
                }
                None => StoreError::Unavailable("the transaction was cancelled".to_owned()),
            }
        }
        TransactWriteItemsError::TransactionInProgressException(_) => StoreError::Busy,
        other => StoreError::unavailable(other),
    }
}
