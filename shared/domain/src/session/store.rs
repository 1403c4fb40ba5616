//! The records: `user#<uid>`/`session#<handle hash>`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::identity::{Begun, Epoch, User};
use crate::settings::SessionSettings;
use crate::store::{Entity, Key, Table};

/// One account signed in on one browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its public id (`sid`); it outlives a renewed sign-in of the same user on the same browser.
    pub id: SessionId,
    /// The hash of its handle.
    pub hash: String,
    /// Whose it is.
    pub user: UserId,
    /// When the user last proved who they are.
    pub auth_time: Timestamp,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// How well (`acr`).
    pub acr: Level,
    /// The clients that were signed in to from it.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "serde_dynamo::string_set::serialize"
    )]
    pub clients: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// The account's epoch in which it began.
    pub epoch: Epoch,
    /// When it was last used, within some minutes.
    pub last_seen_at: Timestamp,
    /// From which address, at its last sign-in.
    pub address: String,
    /// With which browser, at its last sign-in.
    pub user_agent: String,
    /// When it ends, however often it is used.
    pub expires_at: Timestamp,
    /// When it ends if it is not used until then.
    pub idle_until: Timestamp,
}

impl Session {
    /// Whether it still holds at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.idle_until
    }

    /// Whether it goes on, as far as acts of its customer, whose account is `user`, end it.
    #[must_use]
    pub fn is_admitted(&self, user: &User) -> bool {
        user.admits(Begun::Session(&self.id), self.epoch)
    }

    /// The time since the user last proved who they are.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.auth_time)
    }

    /// When it ends if it is last used at `now`.
    pub(super) fn idle_until(&self, now: Timestamp, settings: &SessionSettings) -> Timestamp {
        now.plus(settings.idle).min(self.expires_at)
    }
}

impl Entity for Session {
    const TYPE: &'static str = "session";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        session_key(&self.user, &self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.idle_until)
    }
}

/// The key of a session; with an empty hash the prefix of all of a user's sessions.
pub(super) fn session_key(user: &UserId, hash: &str) -> Key {
    Key::new(format!("user#{user}"), format!("session#{hash}"))
}
