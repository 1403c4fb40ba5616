//! Grants that a customer is asked for elsewhere than where the client waits: a device shows a code (RFC 8628), or we send the customer a
//! link (OpenID CIBA Core 1.0). The client polls the token endpoint until the customer has decided; then it gets the tokens, once.

mod decide;
mod poll;
mod redeem;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::authorization::Access;
use super::details::Details;
use super::grants::Terms;
use crate::app::App;
use crate::client::{Client, DeliveryMode};
use crate::clock::Timestamp;
use crate::hook::{Cause, Event, EventKind};
use crate::http::RequestContext;
use crate::id::{GrantId, UserId};
use crate::keys::Handle;
use crate::store::{self, Entity, Key, StoreError, Table, Write};

pub use decide::{deny_write, grant_write};

pub(super) use poll::{Standing, pace};
pub(super) use redeem::consume;

/// The wait between two polls, in seconds (RFC 8628 §3.2).
pub(super) const INTERVAL: u64 = 5;
/// How long the record outlives the request, so that the client is told that it expired.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// A request that waits for its customer: `pending#<hash>`/`pending`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The hash of the handle that the client polls with.
    pub hash: String,
    /// Who asks.
    pub client: String,
    /// For what.
    pub scopes: Vec<String>,
    /// For which APIs, where the request named some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What exactly (RFC 9396).
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// From which address it was asked.
    pub address: String,
    /// When.
    pub asked_at: Timestamp,
    /// Until when the customer may decide.
    pub expires_at: Timestamp,
    /// Who is asked; anybody who has the code, where it is a device that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// What the customer and the client see alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding_message: Option<String>,
    /// How the client learns of the decision; it polls where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delivery: Option<DeliveryMode>,
    /// What a notification needs, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) notification: Option<String>,
    /// The family that its redemption begins.
    pub(super) grant: GrantId,
    /// The wait between two polls, in seconds.
    interval: u64,
    /// The client may poll again then.
    next_poll_at: Timestamp,
    /// When the customer decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
    /// What the customer granted; absent after a decision, it was no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted: Option<Terms>,
    /// When the tokens were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redeemed_at: Option<Timestamp>,
}

/// What a client asks for.
pub(super) struct Asked<'a> {
    pub(super) client: &'a Client,
    pub(super) access: Access,
    pub(super) lifetime: Duration,
}

impl Pending {
    pub(super) fn new(app: &App, handle: &Handle, asked: Asked<'_>, context: &RequestContext) -> Self {
        let now = app.clock.now();
        let Access { scopes, resources, details } = asked.access;
        Self {
            hash: handle.hash(),
            client: asked.client.id.clone(),
            scopes,
            resources,
            details,
            address: context.address.to_string(),
            asked_at: now,
            expires_at: now.plus(asked.lifetime),
            user: None,
            binding_message: None,
            delivery: None,
            notification: None,
            grant: GrantId::new(app),
            interval: INTERVAL,
            next_poll_at: now,
            decided_at: None,
            granted: None,
            redeemed_at: None,
        }
    }

    /// Whether the customer may decide still.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.decided_at.is_none() && now < self.expires_at
    }
}

impl Pending {
    /// An event about it. Its hash is nothing that could be presented.
    pub(super) fn event(&self, app: &App, kind: EventKind, cause: &Cause<'_>) -> Event {
        let mode = self.delivery.map(DeliveryMode::name);
        let event = cause.event(app, kind).of_client(&self.client);
        let event = event.with(json!({ "request": self.hash, "mode": mode }));
        self.user.iter().fold(event, |event, user| event.to(user))
    }

    /// The event that the customer has decided, where the client has to be told.
    #[must_use]
    pub fn decided_write(&self, app: &App, cause: &Cause<'_>) -> Option<Write> {
        self.delivery.map(|_| self.event(app, EventKind::BackchannelDecided, cause).announce())
    }
}

fn key(hash: &str) -> Key {
    Key::new(format!("pending#{hash}"), "pending")
}

impl Entity for Pending {
    const TYPE: &'static str = "pending";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at.plus(REMEMBERED))
    }
}

/// The request with this hash, decided or not.
///
/// # Errors
/// When the store does not answer.
pub async fn load(app: &App, hash: &str) -> Result<Option<Pending>, StoreError> {
    Ok(store::get_now::<Pending>(app, key(hash)).await?.map(|stored| stored.entity))
}
