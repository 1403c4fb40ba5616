//! Reads of whole partitions, page by page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::patience::Patience;
use super::read::{Typed, read};
use super::{Cursor, Entity, Key, Page, StoreError, Stored, row, sdk};
use crate::app::App;
use crate::app::function::boxed;

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
    let start = page.after.map(|cursor| Key::new(&partition.pk, cursor.0));
    let mut values = BTreeMap::from([(":pk", Typed::of(&partition.pk))]);
    // DynamoDB takes no empty prefix.
    let key_condition_expression = match partition.sk.as_str() {
        "" => "pk = :pk",
        prefix => {
            values.insert(":sk", Typed::of(prefix));
            "pk = :pk AND begins_with(sk, :sk)"
        }
    };
    let asked = Query {
        table_name: E::TABLE.name(&app.config.tables),
        index_name: None,
        key_condition_expression,
        expression_attribute_names: None,
        expression_attribute_values: values,
        consistent_read: true,
        scan_index_forward: order == Order::Ascending,
        limit: page.limit,
        exclusive_start_key: start.as_ref().map(|key| start_of(key, None)),
    };
    let (entities, next) = asked.page(app).await?;
    Ok((entities, next.map(|key| Cursor(key.sk))))
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
    let start = page.after.as_ref().and_then(|cursor| cursor.0.split_once('\n'));
    let start = start.map(|(pk, sk)| Key::new(pk, sk));
    let asked = Query {
        table_name: E::TABLE.name(&app.config.tables),
        index_name: Some(index.name),
        key_condition_expression: "#partition = :partition",
        expression_attribute_names: Some(BTreeMap::from([("#partition", index.attribute)])),
        expression_attribute_values: BTreeMap::from([(":partition", Typed::of(index.value))]),
        consistent_read: false,
        scan_index_forward: order == Order::Ascending,
        limit: page.limit,
        exclusive_start_key: start.as_ref().map(|key| start_of(key, Some(index))),
    };
    let (entities, next) = asked.page(app).await?;
    Ok((entities, next.map(|key| Cursor(format!("{}\n{}", key.pk, key.sk)))))
}

type Start<'a> = BTreeMap<&'static str, Typed<'a>>;

fn start_of<'a>(key: &'a Key, index: Option<Index<'a>>) -> Start<'a> {
    let mut start = BTreeMap::from([("pk", Typed::of(&key.pk)), ("sk", Typed::of(&key.sk))]);
    if let Some(index) = index {
        start.insert(index.attribute, Typed::of(index.value));
    }
    start
}

/// A query in DynamoDB's own words.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Query<'a> {
    pub(super) table_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index_name: Option<&'static str>,
    pub(super) key_condition_expression: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expression_attribute_names: Option<BTreeMap<&'static str, &'static str>>,
    pub(super) expression_attribute_values: BTreeMap<&'static str, Typed<'a>>,
    pub(super) consistent_read: bool,
    pub(super) scan_index_forward: bool,
    pub(super) limit: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclusive_start_key: Option<Start<'a>>,
}

/// Its answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Found {
    pub(super) items: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) last_evaluated_key: Option<Box<RawValue>>,
}

impl Query<'_> {
    async fn page<E: Entity>(&self, app: &App) -> Result<(Vec<Stored<E>>, Option<Key>), StoreError> {
        let Found { items, last_evaluated_key } = self.found(app).await?;
        let entities = items.iter().map(|item| row::entity(item)).collect::<Result<_, _>>()?;
        Ok((entities, last_evaluated_key.as_deref().map(Key::of_item).transpose()?))
    }

    async fn found(&self, app: &App) -> Result<Found, StoreError> {
        let mut patience = Patience::default();
        loop {
            let found = match read(app, "Query", self).await {
                Some(outcome) => outcome,
                None => boxed(sdk::query(app, self)).await,
            };
            match found {
                Err(StoreError::Busy) => patience.wait(app).await?,
                outcome => return outcome,
            }
        }
    }
}
