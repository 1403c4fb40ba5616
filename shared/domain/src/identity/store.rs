//! The records: `user#<id>`/`user`, and a marker `identifier#<kind>#<mac>`/`identifier` for each identifier, by which it is unique.

use serde::{Deserialize, Serialize};

use super::{IdentifierKind, IdentityError, NormalIdentifier, User, parse_identifier};
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::keys::{Sealer, sealer};
use crate::store::{self, Entity, Key, Stored, Table};

/// The partition of everything that rests with a customer.
#[must_use]
pub fn partition(user: &UserId) -> String {
    format!("user#{user}")
}

/// The key of a customer, for a read together with other records.
#[must_use]
pub fn user_key(user: &UserId) -> Key {
    Key::new(partition(user), "user")
}

impl Entity for User {
    const TYPE: &'static str = "user";
    const TABLE: Table = Table::Identities;

    fn key(&self) -> Key {
        user_key(&self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// Whose an identifier is. Without `verified_at` it is reserved and no more.
#[derive(Serialize, Deserialize)]
pub(super) struct Marker {
    pub(super) kind: IdentifierKind,
    pub(super) mac: String,
    pub(super) user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Timestamp>,
}

pub(super) fn marker_key(sealer: &Sealer, identifier: &NormalIdentifier) -> Key {
    Key::new(format!("identifier#{}#{}", identifier.kind().name(), identifier.mac(sealer)), "identifier")
}

impl Entity for Marker {
    const TYPE: &'static str = "identifier";
    const TABLE: Table = Table::Identities;

    fn key(&self) -> Key {
        Key::new(format!("identifier#{}#{}", self.kind.name(), self.mac), "identifier")
    }

    fn expires(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// Whose `identifier` is, proven or reserved.
///
/// # Errors
/// When the key or the store cannot be had.
pub async fn find(app: &App, identifier: &NormalIdentifier) -> Result<Option<UserId>, IdentityError> {
    let key = marker_key(&*sealer(app).await?, identifier);
    let marker = store::get_now::<Marker>(app, key).await?;
    let alive = |marker: &Stored<Marker>| marker.expires_at.is_none_or(|at| app.clock.now() < at);
    Ok(marker.filter(alive).map(|marker| marker.entity.user))
}

/// The account, as it is now.
///
/// # Errors
/// When the store does not answer.
pub async fn load(app: &App, user: &UserId) -> Result<Option<Stored<User>>, IdentityError> {
    let stored = store::get_now::<User>(app, user_key(user)).await?;
    Ok(stored.filter(|stored| !stored.has_expired(app.clock.now())))
}

/// Who has proven that `text` is theirs: an address or a number, or has it as user name. Two reads where it can be an identifier.
///
/// # Errors
/// When the key or the store cannot be had.
pub async fn load_proven(
    app: &App,
    text: &str,
    region: Option<&str>,
) -> Result<Option<Stored<User>>, IdentityError> {
    let Ok(identifier) = parse_identifier(text, &IdentifierKind::ALL, region) else { return Ok(None) };
    let user = load_by(app, &identifier).await?;
    // One that is only reserved says nothing of whose it is.
    let proven = |user: &User| user.identifier(&identifier).is_some_and(|own| own.verified_at.is_some());
    Ok(user.filter(|user| proven(user)))
}

/// The account that has `identifier`. Two reads whether there is one or not, so that the time tells nothing.
///
/// # Errors
/// When the key or the store cannot be had.
pub async fn load_by(
    app: &App,
    identifier: &NormalIdentifier,
) -> Result<Option<Stored<User>>, IdentityError> {
    let found = find(app, identifier).await?;
    let nobody = UserId::from_bytes([0; 16]);
    load(app, found.as_ref().unwrap_or(&nobody)).await
}
