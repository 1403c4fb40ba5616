//! Reads. What follows a write of the same request or guards a decision is read with [`get_now`].

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::{AttributeValue as Value, Cursor, Entity, Item, Key, Page, StoreError, Stored, Table, entity};
use crate::app::App;

/// The entity at `key`, eventually consistent: half the price, and a second old at most in practice.
///
/// # Errors
/// When DynamoDB does not answer or the item cannot be read.
pub async fn get<E: Entity>(app: &App, key: Key) -> Result<Option<Stored<E>>, StoreError> {
    get_item(app, E::TABLE, key, false).await?.map(entity::from_item).transpose()
}

/// The entity at `key` as it is now.
///
/// # Errors
/// When DynamoDB does not answer or the item cannot be read.
pub async fn get_now<E: Entity>(app: &App, key: Key) -> Result<Option<Stored<E>>, StoreError> {
    get_item(app, E::TABLE, key, true).await?.map(entity::from_item).transpose()
}

async fn get_item(app: &App, table: Table, key: Key, consistent: bool) -> Result<Option<Item>, StoreError> {
    let table_name = table.name(&app.config.tables);
    let input = GetItem { table_name, key: key.attributes(), consistent_read: consistent };
    if let Some(Got { item }) = read(app, "GetItem", &input).await {
        return Ok(item);
    }
    app.aws
        .dynamodb()
        .get_item()
        .table_name(table_name)
        .set_key(Some(key.item().into()))
        .consistent_read(consistent)
        .send()
        .await
        .map(|output| output.item.map(Item::from))
        .map_err(|error| StoreError::unavailable(error.into_service_error()))
}

/// A read by the short way; none where the SDK has to be asked.
async fn read<T: DeserializeOwned>(app: &App, operation: &'static str, input: &impl Serialize) -> Option<T> {
    let outcome: Result<T, IgnoredAny> = app.aws.direct().call(operation, input).await?;
    outcome.ok()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetItem<'a> {
    table_name: &'a str,
    key: Attributes<'a>,
    consistent_read: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    #[serde(default)]
    item: Option<Item>,
}

/// The attributes of a key.
#[derive(Serialize)]
struct Attributes<'a> {
    pk: Text<'a>,
    sk: Text<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Text<'a> {
    s: &'a str,
}

impl Key {
    fn attributes(&self) -> Attributes<'_> {
        Attributes { pk: Text { s: &self.pk }, sk: Text { s: &self.sk } }
    }
}

/// What [`get_many`] found: items of several kinds, read together.
#[derive(Default)]
pub struct Many(HashMap<(Table, String, String), Item>);

impl Many {
    fn keep(&mut self, table: Table, row: Item) {
        if let (Some(Value::S(pk)), Some(Value::S(sk))) = (row.get("pk"), row.get("sk")) {
            self.0.insert((table, pk.clone(), sk.clone()), row);
        }
    }

    /// The entity at `key`, if it was asked for and exists.
    ///
    /// # Errors
    /// When the item cannot be read.
    pub fn take<E: Entity>(&mut self, key: Key) -> Result<Option<Stored<E>>, StoreError> {
        self.0.remove(&(E::TABLE, key.pk, key.sk)).map(entity::from_item).transpose()
    }
}

/// Reads up to 100 items of any tables in one call, as they are now.
///
/// # Errors
/// When DynamoDB does not answer, or keeps leaving keys unprocessed.
pub async fn get_many(app: &App, keys: Vec<(Table, Key)>) -> Result<Many, StoreError> {
    const TRIES: usize = 4;
    let names = &app.config.tables;
    let table_of = |name: &str| keys.iter().map(|(table, _)| *table).find(|table| table.name(names) == name);
    if let Some(found) = get_many_directly(app, &keys).await {
        let mut many = Many::default();
        for (name, rows) in found {
            let Some(table) = table_of(&name) else { continue };
            rows.into_iter().for_each(|row| many.keep(table, row));
        }
        return Ok(many);
    }
    let mut wanted: HashMap<String, KeysAndAttributes> = HashMap::new();
    for (table, key) in &keys {
        let mut builder = KeysAndAttributes::builder().consistent_read(true).keys(key.item().into());
        if let Some(known) = wanted.remove(table.name(names)) {
            builder = builder.set_keys(Some([known.keys, vec![key.item().into()]].concat()));
        }
        let entry = builder.build().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        wanted.insert(table.name(names).to_owned(), entry);
    }
    let mut found = Many::default();
    for _ in 0..TRIES {
        let output = app
            .aws
            .dynamodb()
            .batch_get_item()
            .set_request_items(Some(wanted))
            .send()
            .await
            .map_err(|error| StoreError::unavailable(error.into_service_error()))?;
        for (name, items) in output.responses.unwrap_or_default() {
            let Some(table) = table_of(&name) else { continue };
            items.into_iter().for_each(|item| found.keep(table, item.into()));
        }
        wanted = output.unprocessed_keys.unwrap_or_default();
        if wanted.is_empty() {
            return Ok(found);
        }
    }
    Err(StoreError::Unavailable("keys were left unprocessed".to_owned()))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchGetItem<'a> {
    request_items: BTreeMap<&'a str, Wanted<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wanted<'a> {
    consistent_read: bool,
    keys: Vec<Attributes<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotMany {
    responses: HashMap<String, Vec<Item>>,
    #[serde(default)]
    unprocessed_keys: HashMap<String, IgnoredAny>,
}

/// All rows by the names of their tables, where they can be had at once.
async fn get_many_directly(app: &App, keys: &[(Table, Key)]) -> Option<HashMap<String, Vec<Item>>> {
    let mut input = BatchGetItem { request_items: BTreeMap::new() };
    for (table, key) in keys {
        let wanted = input.request_items.entry(table.name(&app.config.tables));
        let wanted = wanted.or_insert_with(|| Wanted { consistent_read: true, keys: Vec::new() });
        wanted.keys.push(key.attributes());
    }
    let got: GotMany = read(app, "BatchGetItem", &input).await?;
    got.unprocessed_keys.is_empty().then_some(got.responses)
}

/// In which order of the sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// One page of the entities of `partition` whose sort key starts with `prefix`, as they are now.
///
/// # Errors
/// When DynamoDB does not answer or an item cannot be read.
pub async fn query<E: Entity>(
    app: &App,
    partition: &Key,
    order: Order,
    page: Page,
) -> Result<(Vec<Stored<E>>, Option<Cursor>), StoreError> {
    let output = app
        .aws
        .dynamodb()
        .query()
        .table_name(E::TABLE.name(&app.config.tables))
        .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
        .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
        .expression_attribute_values(":sk", AttributeValue::S(partition.sk.clone()))
        .consistent_read(true)
        .scan_index_forward(order == Order::Ascending)
        .limit(page.limit)
        .set_exclusive_start_key(page.after.map(|cursor| Key::new(&partition.pk, cursor.0).item().into()))
        .send()
        .await
        .map_err(|error| StoreError::unavailable(error.into_service_error()))?;
    let next = output.last_evaluated_key.as_ref().and_then(|key| match key.get("sk") {
        Some(AttributeValue::S(sk)) => Some(Cursor(sk.clone())),
        _ => None,
    });
    let entities =
        output.items.unwrap_or_default().into_iter().map(entity::from_item).collect::<Result<_, _>>()?;
    Ok((entities, next))
}

/// One partition of a secondary index.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    /// The index's name.
    pub name: &'static str,
    /// Its partition key.
    pub attribute: &'static str,
    /// The partition.
    pub value: &'a str,
}

/// One page of the entities in a partition of an index whose sort key is the table's. An index follows its table by a moment.
///
/// # Errors
/// When DynamoDB does not answer or an item cannot be read.
pub async fn query_index<E: Entity>(
    app: &App,
    index: Index<'_>,
    order: Order,
    page: Page,
) -> Result<(Vec<Stored<E>>, Option<Cursor>), StoreError> {
    let value = AttributeValue::S(index.value.to_owned());
    let start = page.after.as_ref().and_then(|cursor| cursor.0.split_once('\n')).map(|(pk, sk)| {
        let mut key: HashMap<String, AttributeValue> = Key::new(pk, sk).item().into();
        key.insert(index.attribute.to_owned(), value.clone());
        key
    });
    let output = app
        .aws
        .dynamodb()
        .query()
        .table_name(E::TABLE.name(&app.config.tables))
        .index_name(index.name)
        .key_condition_expression("#partition = :partition")
        .expression_attribute_names("#partition", index.attribute)
        .expression_attribute_values(":partition", value)
        .scan_index_forward(order == Order::Ascending)
        .limit(page.limit)
        .set_exclusive_start_key(start)
        .send()
        .await
        .map_err(|error| StoreError::unavailable(error.into_service_error()))?;
    let next = output.last_evaluated_key.as_ref().and_then(|key| match (key.get("pk"), key.get("sk")) {
        (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) => Some(Cursor(format!("{pk}\n{sk}"))),
        _ => None,
    });
    let entities =
        output.items.unwrap_or_default().into_iter().map(entity::from_item).collect::<Result<_, _>>()?;
    Ok((entities, next))
}
