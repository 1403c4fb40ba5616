//! One record. Its key is made of the event alone, so that a second delivery writes the same item again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Actor, Event, EventKind};
use crate::id::UserId;
use crate::settings;
use crate::store::{self, Cursor, Entity, Index, Key, Order, Page, StoreError, Stored, Table, Write};

/// How many partitions share the records of a day.
const SHARDS: u8 = 16;

/// What happened, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The event; its customer is the key of the index by customer.
    #[serde(flatten)]
    pub event: Event,
    /// The key of the index by actor: for those who can be named. `user:<id>` or `client:<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it goes.
    pub expires_at: Timestamp,
}

impl Record {
    /// The record of `event`, kept until `expires_at`. The content of a message never comes here.
    #[must_use]
    pub fn of(mut event: Event, expires_at: Timestamp) -> Self {
        if let (EventKind::MessageRequested, Value::Object(data)) = (event.kind, &mut event.data) {
            data.remove("sealed");
        }
        let by = actor_key(&event.actor);
        Self { event, by, expires_at }
    }
}

/// The key of the index by actor. Strangers and the platform itself have none: their partition would be hot.
fn actor_key(actor: &Actor) -> Option<String> {
    match actor {
        Actor::User(user) => Some(format!("user:{user}")),
        Actor::Client(client) => Some(format!("client:{client}")),
        Actor::Anonymous | Actor::System => None,
    }
}

impl Entity for Record {
    const TYPE: &'static str = "record";
    const TABLE: Table = Table::Audit;

    fn key(&self) -> Key {
        let Event { id, at, .. } = &self.event;
        let day = Timestamp(at.div_euclid(1000)).rfc3339();
        let day = day.split('T').next().unwrap_or_default();
        let shard = id.bytes()[15] % SHARDS;
        Key::new(format!("day#{day}#{shard:02}"), format!("{at:013}#{id}"))
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Keeps the record of `event` as long as the settings say.
///
/// # Errors
/// When the store does not answer.
pub async fn keep(app: &App, event: Event) -> Result<(), StoreError> {
    let retention = settings::load(app).await?.audit.retention;
    let happened = Timestamp(event.at.div_euclid(1000));
    store::write(app, Write::put(&Record::of(event, happened.plus(retention)))).await
}

/// What happened to a customer, the latest first.
///
/// # Errors
/// When the store does not answer.
pub async fn by_user(
    app: &App,
    user: &UserId,
    page: Page,
) -> Result<(Vec<Stored<Record>>, Option<Cursor>), StoreError> {
    let index = Index { name: "by_user", attribute: "user", value: user.as_str() };
    store::query_index(app, index, Order::Descending, page).await
}

/// What somebody did, the latest first.
///
/// # Errors
/// When the store does not answer.
pub async fn by_actor(
    app: &App,
    actor: &Actor,
    page: Page,
) -> Result<(Vec<Stored<Record>>, Option<Cursor>), StoreError> {
    let Some(value) = actor_key(actor) else { return Ok((Vec::new(), None)) };
    let index = Index { name: "by_actor", attribute: "by", value: &value };
    store::query_index(app, index, Order::Descending, page).await
}
