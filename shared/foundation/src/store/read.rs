//! Reads. What follows a write of the same request or guards a decision is read with [`get_now`].

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::failure::Failure;
use super::patience::Patience;
use super::{Entity, Key, StoreError, Stored, Table, row, sdk};
use crate::app::App;
use crate::app::function::boxed;

/// The entity at `key`, eventually consistent: half the price, and a second old at most in practice.
///
/// # Errors
/// When DynamoDB does not answer or the item cannot be read.
pub async fn get<E: Entity>(app: &App, key: Key) -> Result<Option<Stored<E>>, StoreError> {
    get_item(app, key, false).await
}

/// The entity at `key` as it is now.
///
/// # Errors
/// When DynamoDB does not answer or the item cannot be read.
pub async fn get_now<E: Entity>(app: &App, key: Key) -> Result<Option<Stored<E>>, StoreError> {
    get_item(app, key, true).await
}

async fn get_item<E: Entity>(app: &App, key: Key, consistent: bool) -> Result<Option<Stored<E>>, StoreError> {
    let item = item_at(app, E::TABLE, &key, consistent).await?;
    item.map(|item| row::entity(&item)).transpose()
}

async fn item_at(
    app: &App,
    table: Table,
    key: &Key,
    consistent: bool,
) -> Result<Option<Box<RawValue>>, StoreError> {
    let table_name = table.name(&app.config.tables);
    let input = GetItem { table_name, key: key.attributes(), consistent_read: consistent };
    let mut patience = Patience::default();
    loop {
        let got = match read(app, "GetItem", &input).await {
            Some(outcome) => outcome.map(|Got { item }| item),
            None => boxed(sdk::get_item(app, table_name, key, consistent)).await,
        };
        match got {
            Err(StoreError::Busy) => patience.wait(app).await?,
            outcome => return outcome,
        }
    }
}

/// What came of a read by the short way; none where the SDK has to be asked.
pub(super) async fn read<T: DeserializeOwned>(
    app: &App,
    operation: &'static str,
    input: &impl Serialize,
) -> Option<Result<T, StoreError>> {
    let outcome: Result<T, Failure> = app.aws.direct().call(operation, input).await?;
    match outcome {
        Ok(found) => Some(Ok(found)),
        Err(failure) => failure.meaning().map(Err),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetItem<'a> {
    table_name: &'a str,
    key: Primary<'a>,
    consistent_read: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    #[serde(default)]
    item: Option<Box<RawValue>>,
}

/// The attributes of a key, and what of an item tells its key.
#[derive(Deserialize, Serialize)]
pub(super) struct Primary<'a> {
    #[serde(borrow)]
    pk: Typed<'a>,
    #[serde(borrow)]
    sk: Typed<'a>,
}

/// Text, as an attribute.
#[derive(Deserialize, Serialize)]
pub(super) struct Typed<'a> {
    #[serde(borrow, rename = "S")]
    pub(super) text: Cow<'a, str>,
}

impl<'a> Typed<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text) }
    }
}

impl Key {
    pub(super) fn attributes(&self) -> Primary<'_> {
        Primary { pk: Typed::of(&self.pk), sk: Typed::of(&self.sk) }
    }

    /// The key in `item`, or in what is left of one.
    pub(super) fn of_item(item: &RawValue) -> Result<Self, StoreError> {
        let Primary { pk, sk } =
            serde_json::from_str(item.get()).map_err(|_| StoreError::corrupt("key", "no key"))?;
        Ok(Self::new(pk.text, sk.text))
    }
}

/// What [`get_many`] found: items of several kinds, read together.
#[derive(Default)]
pub struct Many(HashMap<(Table, Key), Box<RawValue>>);

impl Many {
    fn keep(&mut self, table: Table, item: Box<RawValue>) -> Result<(), StoreError> {
        self.0.insert((table, Key::of_item(&item)?), item);
        Ok(())
    }

    /// The entity at `key`, if it was asked for and exists.
    ///
    /// # Errors
    /// When the item cannot be read.
    pub fn take<E: Entity>(&mut self, key: Key) -> Result<Option<Stored<E>>, StoreError> {
        self.0.remove(&(E::TABLE, key)).map(|item| row::entity(&item)).transpose()
    }
}

/// Reads up to 100 items of any tables in one call, as they are now.
///
/// # Errors
/// When DynamoDB does not answer, or keeps leaving keys unprocessed.
pub async fn get_many(app: &App, keys: Vec<(Table, Key)>) -> Result<Many, StoreError> {
    let mut patience = Patience::default();
    let responses = loop {
        let got = match get_many_directly(app, &keys).await {
            Some(outcome) => outcome,
            None => boxed(sdk::get_many(app, &keys)).await,
        };
        match got {
            Err(StoreError::Busy) => patience.wait(app).await?,
            outcome => break outcome?,
        }
    };
    let names = &app.config.tables;
    let mut many = Many::default();
    for (name, items) in responses {
        let table = keys.iter().map(|(table, _)| *table).find(|table| table.name(names) == name);
        let Some(table) = table else { continue };
        for item in items {
            many.keep(table, item)?;
        }
    }
    Ok(many)
}

/// Items by the names of their tables.
pub(super) type Responses = HashMap<String, Vec<Box<RawValue>>>;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchGetItem<'a> {
    request_items: BTreeMap<&'a str, Wanted<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wanted<'a> {
    consistent_read: bool,
    keys: Vec<Primary<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotMany {
    responses: Responses,
    #[serde(default)]
    unprocessed_keys: HashMap<String, IgnoredAny>,
}

/// All rows by the names of their tables, where they can be had at once. What is left unprocessed is too much at once: busy.
async fn get_many_directly(app: &App, keys: &[(Table, Key)]) -> Option<Result<Responses, StoreError>> {
    let mut input = BatchGetItem { request_items: BTreeMap::new() };
    for (table, key) in keys {
        let wanted = input.request_items.entry(table.name(&app.config.tables));
        let wanted = wanted.or_insert_with(|| Wanted { consistent_read: true, keys: Vec::new() });
        wanted.keys.push(key.attributes());
    }
    let got: Result<GotMany, StoreError> = read(app, "BatchGetItem", &input).await?;
    Some(got.and_then(|got| match got.unprocessed_keys.is_empty() {
        true => Ok(got.responses),
        false => Err(StoreError::Busy),
    }))
}
