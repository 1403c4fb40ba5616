//! DynamoDB: typed entities, reads, conditional and transactional writes. Rooms own their keys; this room owns the verbs.

mod attribute;
mod cached;
mod condition;
mod cursor;
mod entity;
mod error;
mod failure;
mod groups;
mod patience;
mod protection;
mod query;
mod read;
mod recheck;
mod row;
mod sdk;
mod send;
mod statement;
mod write;

pub use cached::Cached;
pub use condition::Condition;
pub use cursor::{Cursor, Page};
pub use entity::{Entity, Key, Stored, Table};
pub use error::StoreError;
pub use groups::transact_groups;
pub use protection::{DeletionProtection, protect_tables};
pub use query::{Index, Order, query, query_index};
pub use read::{Many, get, get_many, get_now};
pub use recheck::transact_rechecked;
pub use send::{increment, transact, write, write_or_same, write_returning};
pub use write::{Update, Write};

use serde_dynamo::{AttributeValue, Item};
