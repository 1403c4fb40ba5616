//! Entities: a typed struct to an item and back. Every item has `pk`, `sk`, `et` (its type), `v` (its schema version) and `rev`.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{AttributeValue, Item, StoreError};
use crate::clock::Timestamp;
use crate::config::Tables;

/// The tables, split by life cycle and by who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Users and identifiers.
    Identities,
    /// Authenticators.
    Credentials,
    /// Everything that expires.
    Sessions,
    /// What administrators set, and wrapped keys.
    Config,
    /// What happened.
    Audit,
    /// Events on their way.
    Outbox,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 6] =
        [Self::Identities, Self::Credentials, Self::Sessions, Self::Config, Self::Audit, Self::Outbox];

    /// The table's name in this deployment.
    #[must_use]
    pub fn name(self, tables: &Tables) -> &str {
        match self {
            Self::Identities => &tables.identities,
            Self::Credentials => &tables.credentials,
            Self::Sessions => &tables.sessions,
            Self::Config => &tables.config,
            Self::Audit => &tables.audit,
            Self::Outbox => &tables.outbox,
        }
    }
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// The key of these parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub(super) fn item(&self) -> Item {
        let text = |text: &String| AttributeValue::S(text.clone());
        HashMap::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))]).into()
    }
}

/// A struct that rests as one item.
///
/// Use `#[serde(skip_serializing_if = "Option::is_none", default)]` on optional fields, so that conditions on absence hold.
pub trait Entity: Serialize + DeserializeOwned {
    /// The type's name, in attribute `et`.
    const TYPE: &'static str;
    /// Where it rests.
    const TABLE: Table;
    /// The version of its schema, in attribute `v`.
    const VERSION: u32 = 1;

    /// Its primary key.
    fn key(&self) -> Key;

    /// When DynamoDB may collect it (attribute `ttl`). Expiry is checked by the reader as well: collection is late.
    fn expires(&self) -> Option<Timestamp> {
        None
    }
}

/// An entity as it was read, with the revision that a `replace` is conditioned on.
#[derive(Clone, Debug)]
pub struct Stored<E> {
    /// The entity.
    pub entity: E,
    /// Its revision: 1 when created, one more with each replacement.
    pub rev: u64,
}

impl<E> Deref for Stored<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.entity
    }
}

impl<E> DerefMut for Stored<E> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.entity
    }
}

pub(super) fn to_item<E: Entity>(entity: &E, rev: u64) -> Result<Item, StoreError> {
    let mut item: Item =
        serde_dynamo::to_item(entity).map_err(|source| StoreError::corrupt(E::TYPE, source))?;
    item.extend(entity.key().item().into_inner());
    item.insert("et".to_owned(), AttributeValue::S(E::TYPE.to_owned()));
    item.insert("v".to_owned(), AttributeValue::N(E::VERSION.to_string()));
    item.insert("rev".to_owned(), AttributeValue::N(rev.to_string()));
    if let Some(at) = entity.expires() {
        item.insert("ttl".to_owned(), AttributeValue::N(at.0.to_string()));
    }
    Ok(item)
}
