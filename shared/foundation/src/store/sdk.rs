//! Calls by the SDK: what the short way did not do.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValue,
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, Update,
};
use serde_json::value::RawValue;

use super::failure::{Failure, Reason};
use super::patience::Patience;
use super::query::{Found, Query};
use super::read::{Responses, Typed};
use super::statement::{Statement, Verb};
use super::{Item, Key, StoreError, Table, row};
use crate::app::App;

/// What every write says alike: its table, its condition, and that whoever loses wants to see the winner. The SDK's builders have
/// these methods in common, and no trait.
macro_rules! guarded {
    ($builder:expr, $statement:ident) => {
        $builder
            .table_name($statement.table_name)
            .set_condition_expression($statement.condition_expression)
            .set_expression_attribute_names($statement.expression_attribute_names)
            .set_expression_attribute_values($statement.expression_attribute_values.map(Into::into))
            .return_values_on_condition_check_failure(OnFailure::AllOld)
    };
}

/// Sends one write, whose operation fails with `$error`.
macro_rules! sent {
    ($operation:expr, $error:ident) => {
        $operation.send().await.map_err(|error| {
            let item = match error.as_service_error() {
                Some($error::ConditionalCheckFailedException(failed)) => failed.item.clone().map(Item::from),
                _ => None,
            };
            Failure { item, ..Failure::default() }.of_sdk(&error)
        })
    };
}

/// The item at `key`.
pub(super) async fn get_item(
    app: &App,
    table_name: &str,
    key: &Key,
    consistent: bool,
) -> Result<Option<Box<RawValue>>, StoreError> {
    let output = app
        .aws
        .dynamodb()
        .get_item()
        .table_name(table_name)
        .set_key(Some(key.item().into()))
        .consistent_read(consistent)
        .send()
        .await
        .map_err(|error| Failure::default().of_sdk(&error))?;
    output.item.map(|item| row::json(&item.into())).transpose()
}

/// All items at `keys`.
pub(super) async fn get_many(app: &App, keys: &[(Table, Key)]) -> Result<Responses, StoreError> {
    let mut wanted: HashMap<String, KeysAndAttributes> = HashMap::new();
    for (table, key) in keys {
        let table_name = table.name(&app.config.tables);
        let mut builder = KeysAndAttributes::builder().consistent_read(true).keys(key.item().into());
        if let Some(known) = wanted.remove(table_name) {
            builder = builder.set_keys(Some([known.keys, vec![key.item().into()]].concat()));
        }
        let entry = builder.build().map_err(|error| StoreError::Failed(error.to_string()))?;
        wanted.insert(table_name.to_owned(), entry);
    }
    let mut found = Responses::new();
    let mut patience = Patience::default();
    loop {
        let output = app
            .aws
            .dynamodb()
            .batch_get_item()
            .set_request_items(Some(wanted))
            .send()
            .await
            .map_err(|error| Failure::default().of_sdk(&error))?;
        for (name, items) in output.responses.unwrap_or_default() {
            let items = items.into_iter().map(|item| row::json(&item.into()));
            found.entry(name).or_default().append(&mut items.collect::<Result<_, _>>()?);
        }
        wanted = output.unprocessed_keys.unwrap_or_default();
        if wanted.is_empty() {
            return Ok(found);
        }
        patience.wait(app).await?;
    }
}

/// One page of what `query` asks for.
pub(super) async fn query(app: &App, query: &Query<'_>) -> Result<Found, StoreError> {
    let owned = |typed: &Typed<'_>| AttributeValue::S(typed.text.as_ref().to_owned());
    let values = query.expression_attribute_values.iter();
    let values = values.map(|(name, value)| ((*name).to_owned(), owned(value))).collect();
    let names = query.expression_attribute_names.as_ref();
    let names =
        names.map(|names| names.iter().map(|(name, of)| ((*name).to_owned(), (*of).to_owned())).collect());
    let start = query.exclusive_start_key.as_ref();
    let start = start.map(|key| key.iter().map(|(name, value)| ((*name).to_owned(), owned(value))).collect());
    let output = app
        .aws
        .dynamodb()
        .query()
        .table_name(query.table_name)
        .set_index_name(query.index_name.map(str::to_owned))
        .key_condition_expression(query.key_condition_expression)
        .set_expression_attribute_names(names)
        .set_expression_attribute_values(Some(values))
        .consistent_read(query.consistent_read)
        .scan_index_forward(query.scan_index_forward)
        .limit(query.limit)
        .set_exclusive_start_key(start)
        .send()
        .await
        .map_err(|error| Failure::default().of_sdk(&error))?;
    let items = output.items.unwrap_or_default().into_iter();
    Ok(Found {
        items: items.map(|item| row::json(&item.into())).collect::<Result<_, _>>()?,
        last_evaluated_key: output.last_evaluated_key.map(|key| row::json(&key.into())).transpose()?,
    })
}

/// Does one write, which is none that checks alone.
pub(super) async fn single(app: &App, statement: Statement) -> Result<Option<Box<RawValue>>, StoreError> {
    let client = app.aws.dynamodb();
    let returned = if statement.is_returning() { ReturnValue::AllNew } else { ReturnValue::None };
    match statement.verb {
        Verb::Put => {
            let put = guarded!(client.put_item(), statement).set_item(statement.item.map(Into::into));
            sent!(put, PutItemError).map(|_| None)
        }
        Verb::Delete => {
            let delete = guarded!(client.delete_item(), statement).set_key(statement.key.map(Into::into));
            sent!(delete, DeleteItemError).map(|_| None)
        }
        Verb::Update => {
            let update = guarded!(client.update_item(), statement)
                .set_key(statement.key.map(Into::into))
                .set_update_expression(statement.update_expression)
                .return_values(returned);
            let attributes = sent!(update, UpdateItemError)?.attributes;
            attributes.map(|item| row::json(&item.into())).transpose()
        }
        Verb::Check => {
            let why = "a condition alone is checked in a transaction";
            Err(StoreError::Failed(why.to_owned()))
        }
    }
}

/// Does all of `statements` or none, once for each `token`.
pub(super) async fn transact(app: &App, statements: &[Statement], token: &str) -> Result<(), StoreError> {
    let items = statements.iter().cloned().map(transact_item).collect::<Result<_, _>>()?;
    let transaction = app.aws.dynamodb().transact_write_items().client_request_token(token);
    let sent = transaction.set_transact_items(Some(items)).send().await;
    sent.map(|_| ()).map_err(cancelled)
}

fn transact_item(statement: Statement) -> Result<TransactWriteItem, StoreError> {
    let item = TransactWriteItem::builder();
    let key = statement.key.map(Into::into);
    let built = match statement.verb {
        Verb::Put => {
            let put = guarded!(Put::builder(), statement).set_item(statement.item.map(Into::into));
            put.build().map(|put| item.put(put))
        }
        Verb::Delete => {
            guarded!(Delete::builder(), statement).set_key(key).build().map(|delete| item.delete(delete))
        }
        Verb::Update => {
            let update = guarded!(Update::builder(), statement);
            let update = update.set_key(key).set_update_expression(statement.update_expression);
            update.build().map(|update| item.update(update))
        }
        Verb::Check => {
            let check = guarded!(ConditionCheck::builder(), statement).set_key(key);
            check.build().map(|check| item.condition_check(check))
        }
    };
    built.map(|item| item.build()).map_err(|error| StoreError::Failed(error.to_string()))
}

fn cancelled<R>(error: SdkError<TransactWriteItemsError, R>) -> StoreError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons.clone().unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let reason = |one: CancellationReason| Reason { code: one.code, item: one.item.map(Item::from) };
    Failure { reasons: reasons.into_iter().map(reason).collect(), ..Failure::default() }.of_sdk(&error)
}
