//! Customers: their identifiers, status, profile and attributes. What rests, who may claim which identifier, and what clients are told.
//!
//! An identifier belongs to whoever proves it. A sign-up makes no account before that; an invitation reserves the identifier for a week,
//! for whoever recovers the account by it, and then expires.

mod attributes;
mod claims;
mod email;
mod epoch;
mod error;
mod normal;
mod phone;
mod profile;
mod store;
mod username;
mod write;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use attributes::{AttributesError, check_attributes};
pub use claims::{Wanted, claims, scope_of_claim};
pub use epoch::{Access, Act, Begun, Ended, Epoch, current_check, raise_write};
pub use error::IdentityError;
pub use normal::{NormalIdentifier, parse_identifier};
pub use profile::{Address, Profile, Texts};
pub use store::{find, load, load_by, load_proven, partition, user_key};
pub use write::{
    UNPROVEN_LIFETIME, create_writes, drop_unproven, update_writes, verified_event, verify_writes,
};

use crate::clock::Timestamp;
use crate::id::UserId;
use crate::message::Destination;
use crate::page::{self, Locale};

/// What kind of identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A user name.
    Username,
}

impl IdentifierKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Username];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Username => "username",
        }
    }
}

impl From<IdentifierKind> for page::IdentifierKind {
    fn from(kind: IdentifierKind) -> Self {
        match kind {
            IdentifierKind::Email => Self::Email,
            IdentifierKind::Phone => Self::Phone,
            IdentifierKind::Username => Self::Username,
        }
    }
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It may.
    #[default]
    Active,
    /// An administrator has stopped it.
    Blocked,
    /// Its owner has ended it; the record waits to be erased.
    Deleted,
}

impl Status {
    /// As it rests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Deleted => "deleted",
        }
    }
}

/// An identifier of an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// What kind.
    pub kind: IdentifierKind,
    /// The normalised value: what is compared, shown and written to.
    pub value: String,
    /// When its owner proved it; a user name is proven by being there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

impl Identifier {
    /// The same, as it is looked up.
    #[must_use]
    pub fn normal(&self) -> NormalIdentifier {
        NormalIdentifier::rested(self.kind, &self.value)
    }

    /// Where messages to it go; nowhere for a user name.
    #[must_use]
    pub fn destination(&self) -> Option<Destination> {
        self.normal().destination()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identifier({})", self.kind.name())
    }
}

/// A customer, or an administrator. It has no `Debug` of its own: it is personal data.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// The subject of tokens.
    pub id: UserId,
    /// Whether the account may be used.
    pub status: Status,
    /// What the customer signs in with and is written to; the first of a kind is the primary one.
    pub identifiers: Vec<Identifier>,
    /// The claims of OpenID Connect Core §5.1.
    #[serde(default)]
    pub profile: Profile,
    /// What the deployment keeps beside the profile.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// Roles of the console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
    /// When the account goes, unless an identifier is proven before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The counter that acts raise which end what was begun before them.
    #[serde(default)]
    pub epoch: Epoch,
    /// What they ended.
    #[serde(default)]
    pub ended: Ended,
}

impl User {
    /// A new account with these identifiers, none of them proven yet (a user name needs no proof).
    #[must_use]
    pub fn new(app: &crate::app::App, identifiers: &[NormalIdentifier]) -> Self {
        let now = app.clock.now();
        let identifiers = identifiers.iter().map(|identifier| Identifier {
            kind: identifier.kind(),
            value: identifier.value().to_owned(),
            verified_at: (identifier.kind() == IdentifierKind::Username).then_some(now),
        });
        Self {
            id: UserId::new(app),
            status: Status::Active,
            identifiers: identifiers.collect(),
            profile: Profile::default(),
            attributes: Map::new(),
            roles: Vec::new(),
            created_at: now,
            updated_at: now,
            expires_at: Some(now.plus(UNPROVEN_LIFETIME)),
            epoch: Epoch::default(),
            ended: Ended::default(),
        }
    }

    /// The same with every identifier proven: an account that an administrator or a seed makes.
    #[must_use]
    pub fn proven(mut self) -> Self {
        for identifier in &mut self.identifiers {
            identifier.verified_at.get_or_insert(self.created_at);
        }
        self.expires_at = None;
        self
    }

    /// Whether the account may be used at `now`: it is not stopped, and its time to prove an identifier is not over.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.status == Status::Active && !self.has_expired(now)
    }

    /// Whether its time to prove an identifier is over at `now`: then it is as good as gone.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// The primary identifier of a kind: the first that is proven, else the first.
    #[must_use]
    pub fn primary(&self, kind: IdentifierKind) -> Option<&Identifier> {
        let of_kind = || self.identifiers.iter().filter(|identifier| identifier.kind == kind);
        of_kind().find(|identifier| identifier.verified_at.is_some()).or_else(|| of_kind().next())
    }

    /// This identifier, if the account has it.
    #[must_use]
    pub fn identifier(&self, wanted: &NormalIdentifier) -> Option<&Identifier> {
        self.identifiers.iter().find(|own| own.kind == wanted.kind() && own.value == wanted.value())
    }

    /// What still has to be proven before the account is its owner's: the primary e-mail address or phone number, while neither
    /// is proven.
    #[must_use]
    pub fn to_prove(&self) -> Option<&Identifier> {
        let reachable = || {
            self.identifiers
                .iter()
                .filter(|identifier| matches!(identifier.kind, IdentifierKind::Email | IdentifierKind::Phone))
        };
        if reachable().any(|identifier| identifier.verified_at.is_some()) { None } else { reachable().next() }
    }

    /// Whether a link sent to `identifier` may recover the account: it is proven, or nothing of the account is. An unproven
    /// address beside a proven one could have been put there by somebody who waits for its owner to move in.
    #[must_use]
    pub fn may_recover_by(&self, identifier: &NormalIdentifier) -> bool {
        self.identifier(identifier).is_some_and(|own| own.verified_at.is_some() || self.to_prove().is_some())
    }

    /// Has an identifier more, which is not proven yet.
    pub fn add(&mut self, identifier: &NormalIdentifier) {
        let (kind, value) = (identifier.kind(), identifier.value().to_owned());
        self.identifiers.push(Identifier { kind, value, verified_at: None });
    }

    /// What pages call the customer: a name, else an identifier.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let profile = &self.profile;
        let names = [&profile.name, &profile.nickname, &profile.given_name];
        let primary =
            IdentifierKind::ALL.into_iter().find_map(|kind| self.primary(kind)).map(|own| own.value.as_str());
        names.into_iter().find_map(Option::as_deref).or(primary).unwrap_or(self.id.as_str())
    }

    /// The language that messages are written in.
    #[must_use]
    pub fn locale(&self) -> Option<Locale> {
        self.profile.locale.as_deref().and_then(Locale::find)
    }
}

#[cfg(test)]
mod tests;
