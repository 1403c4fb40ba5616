//! The types of authorization details that APIs have declared: `detail_types`/`<name>`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::schema::{Schema, SchemaError};
use crate::app::App;
use crate::store::{self, Cached, Entity, Key, Order, Page, StoreError, Table, Write};

/// How long a process keeps the types before it reads them again.
const CACHE: Duration = Duration::from_secs(30);
/// The one partition of all types, which are read together.
const PARTITION: &str = "detail_types";
/// The most types of one deployment.
const LIMIT: i32 = 200;

/// A type of authorization details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetailType {
    /// Its name (`type`).
    pub name: String,
    /// The API that it belongs to: the identifier of a resource.
    pub resource: String,
    /// What a customer reads on the consent page.
    pub title: String,
    /// What its members are, `type` left out: a JSON Schema, as far as `Schema` knows it.
    pub schema: Value,
}

impl Entity for DetailType {
    const TYPE: &'static str = "detail_type";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(PARTITION, &self.name)
    }
}

/// A type that is ready to check with.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) declared: DetailType,
    pub(super) schema: Schema,
}

/// Every type of the deployment.
#[derive(Debug, Default)]
pub struct DetailTypes(BTreeMap<String, Known>);

impl DetailTypes {
    /// A type whose schema cannot be used is left out: what cannot be checked is not granted.
    pub(super) fn new(types: Vec<DetailType>) -> Self {
        let known = types.into_iter().filter_map(|declared| {
            let schema = Schema::parse(&declared.schema).ok()?;
            Some((declared.name.clone(), Known { declared, schema }))
        });
        Self(known.collect())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Known> {
        self.0.get(name)
    }

    /// The API that the type of this name belongs to.
    #[must_use]
    pub fn resource_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(|known| known.declared.resource.as_str())
    }

    /// What a customer reads of the type of this name.
    #[must_use]
    pub fn title(&self, name: &str) -> Option<&str> {
        self.find(name).map(|known| known.declared.title.as_str())
    }

    /// Their names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[derive(Default)]
struct Slot(Cached<DetailTypes>);

/// The types, at most half a minute old.
///
/// # Errors
/// When the store does not answer.
pub async fn types(app: &App) -> Result<Arc<DetailTypes>, StoreError> {
    app.slot::<Slot>().0.get_or_load(&app.clock, CACHE, async |_| load(app).await).await
}

async fn load(app: &App) -> Result<DetailTypes, StoreError> {
    let partition = Key::new(PARTITION, "");
    let (types, _) =
        store::query::<DetailType>(app, &partition, Order::Ascending, Page::first(LIMIT)).await?;
    Ok(DetailTypes::new(types.into_iter().map(|stored| stored.entity).collect()))
}

/// Why a type was not declared.
#[derive(Debug, thiserror::Error)]
pub enum DeclareError {
    /// Its schema cannot be used.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Declares a type, or changes it; this process knows at once.
///
/// # Errors
/// When its schema cannot be used or the store does not answer.
pub async fn save_type(app: &App, declared: &DetailType) -> Result<(), DeclareError> {
    Schema::parse(&declared.schema)?;
    store::write(app, Write::put(declared)).await?;
    app.slot::<Slot>().0.forget();
    Ok(())
}
