//! Writes: a guard that must hold under a race is in the write's condition, never in a read before it.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValue,
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, Update as UpdateItem,
};
use serde::Serialize;

use super::{Entity, Item, Key, StoreError, Stored, Table, entity};
use crate::app::App;

/// One write, not yet done. A serialisation fault surfaces when it is done.
#[derive(Debug)]
pub struct Write(Result<Kind, StoreError>);

#[derive(Debug)]
enum Kind {
    Put(Table, Item, Expression),
    Delete(Table, Key, Expression),
    Update(Table, Key, Expression),
    Check(Table, Key, Expression),
}

/// What must hold for a write to happen.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The item is there.
    Exists,
    /// The item, or this attribute of it, is not there.
    Absent(&'static str),
    /// The attribute has this value.
    Equals(&'static str, AttributeValue),
    /// The attribute has another value, or is absent.
    Differs(&'static str, AttributeValue),
    /// The attribute is a number above this one.
    Above(&'static str, i64),
    /// The attribute is absent, or a number at most this one.
    AtMost(&'static str, i64),
    /// The attribute is there, a number at most this one.
    Past(&'static str, i64),
    /// One of both.
    Either(Box<Self>, Box<Self>),
}

impl Condition {
    /// The attribute has the value of `text`.
    pub fn text(attribute: &'static str, text: impl Into<String>) -> Self {
        Self::Equals(attribute, AttributeValue::S(text.into()))
    }
}

impl Write {
    /// Writes `entity`, which must not be there yet.
    pub fn create<E: Entity>(entity: &E) -> Self {
        Self::put_when(entity, 1, &[Condition::Absent("pk")])
    }

    /// Writes `entity` over whatever is there.
    pub fn put<E: Entity>(entity: &E) -> Self {
        Self::put_when(entity, 1, &[])
    }

    /// Writes `entity` if nothing is there, or what is there has expired by `now` (`ttl`) and was not collected yet.
    pub fn create_or_expired<E: Entity>(entity: &E, now: crate::clock::Timestamp) -> Self {
        let gone =
            Condition::Either(Box::new(Condition::Absent("pk")), Box::new(Condition::Past("ttl", now.0)));
        Self::put_when(entity, 1, &[gone])
    }

    /// Writes `entity` over whatever is there, where `conditions` hold of that.
    pub fn put_where<E: Entity>(entity: &E, conditions: &[Condition]) -> Self {
        Self::put_when(entity, 1, conditions)
    }

    /// Writes `stored` back, if nobody else has since it was read.
    pub fn replace<E: Entity>(stored: &Stored<E>) -> Self {
        let unchanged = Condition::Equals("rev", AttributeValue::N(stored.rev.to_string()));
        Self::put_when(&stored.entity, stored.rev + 1, &[unchanged])
    }

    /// Removes the item at `key` where `conditions` hold.
    pub fn delete<E: Entity>(key: Key, conditions: &[Condition]) -> Self {
        Self(Ok(Kind::Delete(E::TABLE, key, Expression::new().when(conditions))))
    }

    /// Demands that `conditions` hold of the item at `key`, in a transaction.
    pub fn check<E: Entity>(key: Key, conditions: &[Condition]) -> Self {
        Self(Ok(Kind::Check(E::TABLE, key, Expression::new().when(conditions))))
    }

    fn put_when<E: Entity>(entity: &E, rev: u64, conditions: &[Condition]) -> Self {
        Self(
            entity::to_item(entity, rev)
                .map(|item| Kind::Put(E::TABLE, item, Expression::new().when(conditions))),
        )
    }
}

/// A change of some attributes of one item; build it, then `.into()` a [`Write`].
#[derive(Debug)]
pub struct Update {
    table: Table,
    key: Key,
    expression: Result<Expression, StoreError>,
    entity: &'static str,
}

impl Update {
    /// Changes the item at `key`.
    #[must_use]
    pub fn of<E: Entity>(key: Key) -> Self {
        Self { table: E::TABLE, key, expression: Ok(Expression::new()), entity: E::TYPE }
    }

    /// Sets `attribute` to `value`.
    #[must_use]
    pub fn set<T: Serialize>(mut self, attribute: &'static str, value: &T) -> Self {
        let entity = self.entity;
        self.expression = self.expression.and_then(|expression| {
            let value = serde_dynamo::to_attribute_value(value)
                .map_err(|error| StoreError::corrupt(entity, error))?;
            Ok(expression.set(attribute, value))
        });
        self
    }

    /// Adds `amount` to the number `attribute`, which counts from zero.
    #[must_use]
    pub fn add(mut self, attribute: &'static str, amount: i64) -> Self {
        self.expression = self.expression.map(|expression| expression.add(attribute, amount));
        self
    }

    /// Adds `text` to the set `attribute`, which may not be there yet: the race-safe way to collect.
    #[must_use]
    pub fn include(mut self, attribute: &'static str, text: &str) -> Self {
        let member = AttributeValue::Ss(vec![text.to_owned()]);
        self.expression = self.expression.map(|expression| expression.add_value(attribute, member));
        self
    }

    /// Removes `attribute`.
    #[must_use]
    pub fn remove(mut self, attribute: &'static str) -> Self {
        self.expression = self.expression.map(|expression| expression.remove(attribute));
        self
    }

    /// Only where all of `conditions` hold.
    #[must_use]
    pub fn when(mut self, conditions: &[Condition]) -> Self {
        self.expression = self.expression.map(|expression| expression.when(conditions));
        self
    }
}

impl From<Update> for Write {
    fn from(update: Update) -> Self {
        // Every change moves the revision, so that a concurrent `replace` notices it.
        Self(
            update
                .expression
                .map(|expression| Kind::Update(update.table, update.key, expression.add("rev", 1))),
        )
    }
}

/// An expression under construction, with its placeholders.
#[derive(Clone, Debug, Default)]
struct Expression {
    sets: Vec<String>,
    adds: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    names: std::collections::HashMap<String, String>,
    values: Item,
}

impl Expression {
    fn new() -> Self {
        Self::default()
    }

    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.sets.push(format!("{name} = {value}"));
        self
    }

    fn add(self, attribute: &str, amount: i64) -> Self {
        self.add_value(attribute, AttributeValue::N(amount.to_string()))
    }

    fn add_value(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.adds.push(format!("{name} {value}"));
        self
    }

    fn remove(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.removes.push(name);
        self
    }

    fn when(mut self, conditions: &[Condition]) -> Self {
        for condition in conditions {
            let text = self.condition(condition);
            self.conditions.push(text);
        }
        self
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Exists => format!("attribute_exists({})", self.name("pk")),
            Condition::Absent(attribute) => format!("attribute_not_exists({})", self.name(attribute)),
            Condition::Equals(attribute, value) => {
                format!("{} = {}", self.name(attribute), self.value(value.clone()))
            }
            Condition::Differs(attribute, value) => {
                let name = self.name(attribute);
                format!("(attribute_not_exists({name}) OR {name} <> {})", self.value(value.clone()))
            }
            Condition::Above(attribute, bound) => {
                format!("{} > {}", self.name(attribute), self.value(AttributeValue::N(bound.to_string())))
            }
            Condition::AtMost(attribute, bound) => {
                let name = self.name(attribute);
                let value = self.value(AttributeValue::N(bound.to_string()));
                format!("(attribute_not_exists({name}) OR {name} <= {value})")
            }
            Condition::Past(attribute, bound) => {
                let name = self.name(attribute);
                format!("{name} <= {}", self.value(AttributeValue::N(bound.to_string())))
            }
            Condition::Either(left, right) => {
                format!("({} OR {})", self.condition(left), self.condition(right))
            }
        }
    }

    fn update_text(&self) -> String {
        let clause = |verb: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{verb} {} ", parts.join(", ")),
        };
        [clause("SET", &self.sets), clause("ADD", &self.adds), clause("REMOVE", &self.removes)].concat()
    }

    fn condition_text(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    fn names(&self) -> Option<std::collections::HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

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

async fn single(app: &App, write: Write, returned: ReturnValue) -> Result<Option<Item>, StoreError> {
    let tables = &app.config.tables;
    let client = app.aws.dynamodb();
    match write.0? {
        Kind::Put(table, item, expression) => client
            .put_item()
            .table_name(table.name(tables))
            .set_item(Some(item))
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await
            .map(|_| None)
            .map_err(|error| match error.into_service_error() {
                aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) => {
                    refused(failed.item)
                }
                other => StoreError::unavailable(other),
            }),
        Kind::Delete(table, key, expression) => client
            .delete_item()
            .table_name(table.name(tables))
            .set_key(Some(key.item()))
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await
            .map(|_| None)
            .map_err(|error| match error.into_service_error() {
                aws_sdk_dynamodb::operation::delete_item::DeleteItemError::ConditionalCheckFailedException(failed) => {
                    refused(failed.item)
                }
                other => StoreError::unavailable(other),
            }),
        Kind::Update(table, key, expression) => client
            .update_item()
            .table_name(table.name(tables))
            .set_key(Some(key.item()))
            .update_expression(expression.update_text())
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values(returned)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await
            .map(|output| output.attributes)
            .map_err(|error| match error.into_service_error() {
                aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(failed) => {
                    refused(failed.item)
                }
                other => StoreError::unavailable(other),
            }),
        kind @ Kind::Check(..) => transact(app, vec![Write(Ok(kind))]).await.map(|()| None),
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
    const TRIES: u32 = 5;
    let tables = &app.config.tables;
    let items = writes
        .into_iter()
        .map(|write| write.0.and_then(|kind| transact_item(kind, tables)))
        .collect::<Result<Vec<_>, _>>()?;
    for attempt in 0..TRIES {
        let sent =
            app.aws.dynamodb().transact_write_items().set_transact_items(Some(items.clone())).send().await;
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

fn transact_item(kind: Kind, tables: &crate::config::Tables) -> Result<TransactWriteItem, StoreError> {
    let item = TransactWriteItem::builder();
    let built = match kind {
        Kind::Put(table, entity, expression) => Put::builder()
            .table_name(table.name(tables))
            .set_item(Some(entity))
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map(|put| item.put(put)),
        Kind::Delete(table, key, expression) => Delete::builder()
            .table_name(table.name(tables))
            .set_key(Some(key.item()))
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map(|delete| item.delete(delete)),
        Kind::Update(table, key, expression) => UpdateItem::builder()
            .table_name(table.name(tables))
            .set_key(Some(key.item()))
            .update_expression(expression.update_text())
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map(|update| item.update(update)),
        Kind::Check(table, key, expression) => ConditionCheck::builder()
            .table_name(table.name(tables))
            .set_key(Some(key.item()))
            .set_condition_expression(expression.condition_text())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map(|check| item.condition_check(check)),
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
