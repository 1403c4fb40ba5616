//! The record `client#<id>`/`client`, kept in memory for half a minute: a warm request reads nothing.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::{Client, ClientError, document};
use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Cause, EventKind};
use crate::store::{self, Condition, Entity, Key, Stored, Table, Write};

/// How long a process keeps a client before it reads it again.
const KEPT: Duration = Duration::from_secs(30);
/// How long it keeps that there is no such client.
const ABSENCE_KEPT: Duration = Duration::from_secs(5);
/// So many are kept at once; made-up ids cannot fill the memory.
const PLACES: usize = 4096;
/// The longest id that is looked up, in bytes.
const LONGEST_ID: usize = 128;

impl Entity for Client {
    const TYPE: &'static str = "client";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        key(&self.id)
    }
}

fn key(id: &str) -> Key {
    Key::new(format!("client#{id}"), "client")
}

struct Kept {
    client: Option<Arc<Client>>,
    until: Timestamp,
}

#[derive(Default)]
struct Slot(RwLock<HashMap<String, Kept>>);

/// The client of this id, at most half a minute old. What may be done with it is the caller's to check, its status first.
///
/// # Errors
/// When the store does not answer.
pub async fn find(app: &App, id: &str) -> Result<Option<Arc<Client>>, ClientError> {
    if !is_sound(id) {
        return Ok(None);
    }
    let (slot, now) = (app.slot::<Slot>(), app.clock.now());
    if let Some(kept) = slot.0.read().unwrap_or_else(PoisonError::into_inner).get(id)
        && now < kept.until
    {
        return Ok(kept.client.clone());
    }
    let client = match load(app, id).await? {
        Some(stored) => Some(stored.entity),
        None => document::find(app, id).await?,
    };
    let client = client.map(Arc::new);
    let until = now.plus(if client.is_some() { KEPT } else { ABSENCE_KEPT });
    let mut places = slot.0.write().unwrap_or_else(PoisonError::into_inner);
    if places.len() >= PLACES {
        places.retain(|_, kept| now < kept.until);
    }
    if places.len() >= PLACES {
        places.clear();
    }
    places.insert(id.to_owned(), Kept { client: client.clone(), until });
    Ok(client)
}

/// Whether a client can have this id.
fn is_sound(id: &str) -> bool {
    let longest = if document::is_address(id) { document::LONGEST_ID } else { LONGEST_ID };
    !id.is_empty() && id.len() <= longest && !id.contains('\0')
}

/// The client of this id as it is now, to change it.
///
/// # Errors
/// When the store does not answer.
pub async fn load(app: &App, id: &str) -> Result<Option<Stored<Client>>, ClientError> {
    if !is_sound(id) {
        return Ok(None);
    }
    Ok(store::get_now(app, key(id)).await?)
}

/// This process has changed the client: the next request reads it again.
pub fn forget(app: &App, id: &str) {
    app.slot::<Slot>().0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
}

/// The writes that make `client`. Refused when the id is taken.
#[must_use]
pub fn create_writes(app: &App, client: &Client, cause: &Cause<'_>) -> Vec<Write> {
    let event = cause.event(app, EventKind::ClientRegistered).of_client(&client.id);
    vec![Write::create(client), event.announce()]
}

/// The writes that keep what was changed of `client`. Refused when somebody else has changed it since it was read.
#[must_use]
pub fn replace_writes(app: &App, client: &mut Stored<Client>, cause: &Cause<'_>) -> Vec<Write> {
    client.updated_at = app.clock.now();
    let event = cause.event(app, EventKind::ClientUpdated).of_client(&client.id);
    vec![Write::replace(client), event.announce()]
}

/// The writes that remove the client. It gets no further tokens, and those that it has are worth nothing at our own endpoints.
#[must_use]
pub fn delete_writes(app: &App, id: &str, cause: &Cause<'_>) -> Vec<Write> {
    let event = cause.event(app, EventKind::ClientDeleted).of_client(id);
    vec![Write::delete::<Client>(key(id), &[Condition::Exists]), event.announce()]
}

/// Does `writes`, which change the client of this id; this process knows at once.
///
/// # Errors
/// When a condition does not hold or the store does not answer.
pub async fn save(app: &App, id: &str, writes: Vec<Write>) -> Result<(), ClientError> {
    let done = store::transact(app, writes).await;
    forget(app, id);
    Ok(done?)
}
