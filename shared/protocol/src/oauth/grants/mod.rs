//! Grants: what a customer granted a client in one sign-in, and the family of the tokens that came of it. A family has one current
//! refresh token; when the grant is revoked, all its tokens are worth nothing.

mod begin;
mod list;
mod revoke;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::authorization::RequestedClaims;
use super::details::Details;
use super::scope::OFFLINE_ACCESS;
use super::subject::Naming;
use super::tokens::Customer;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::id::{GrantId, SessionId, UserId};
use crate::identity::{Access, Begun, Epoch, User};
use crate::store::{Entity, Key, Table};

pub use list::{list, load};
pub use revoke::{Reason, revoke_ended, revoke_writes};

pub(super) use begin::{With, begin, created};
pub(super) use revoke::revoke_family;

/// What was granted, and in which sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// By whom.
    pub user: UserId,
    /// To whom.
    pub client: String,
    /// In which epoch of their account.
    pub epoch: Epoch,
    /// In which session; none where the customer did not sign in here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// What.
    pub scopes: Vec<String>,
    /// For which APIs, where the request named some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What exactly (RFC 9396).
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// Single claims that were asked for.
    #[serde(default, skip_serializing_if = "RequestedClaims::is_empty")]
    pub claims: RequestedClaims,
    /// When the customer signed in, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// How surely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By which methods (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl Terms {
    /// Whether the grant outlasts its session (Core §11).
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scopes.iter().any(|scope| scope == OFFLINE_ACCESS)
    }

    /// What acts of the customer may end.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access { client: &self.client, session: self.session.as_ref(), offline: self.is_offline() }
    }

    /// Whether a token for the scopes `asked` brings `client` the claims of `scope` that its request named one by one. They are not in
    /// the token's scope, so they are gone where that was narrowed by theirs; and the request of another client counts for nothing.
    #[must_use]
    pub fn may_tell(&self, client: &Client, asked: &[&str], scope: &str) -> bool {
        let is_left = asked.contains(&scope) || !self.scopes.iter().any(|granted| granted == scope);
        self.client == client.id && client.may_ask_for(scope) && is_left
    }

    /// The customer, as tokens of `grant` speak of them to a client that knows customers by `naming`.
    #[must_use]
    pub fn customer<'a>(&'a self, grant: &'a GrantId, naming: &'a Naming) -> Customer<'a> {
        Customer {
            user: &self.user,
            naming,
            grant,
            session: self.session.as_ref(),
            auth_time: self.auth_time,
            acr: self.acr.as_deref(),
            amr: &self.amr,
        }
    }
}

/// The refresh tokens of a family (`refresh`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refreshing {
    /// What marks tokens of this family as ours, so that an old one is told from a made-up one.
    pub(super) seed: String,
    /// How often the token was rotated.
    pub(super) generation: u64,
    /// The hash of the token that it replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous_hash: Option<String>,
    /// The current token, sealed under the previous one: for a client that lost the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) successor: Option<String>,
    /// When it was rotated.
    pub(super) rotated_at: Timestamp,
    /// Until when the current token is good if it is not used.
    pub(super) good_until: Timestamp,
    /// When the family ends, however often it is refreshed.
    pub(super) ends_at: Timestamp,
}

/// A grant: `user#<uid>`/`grant#<id>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Its id (`gid` in access tokens).
    pub id: GrantId,
    /// What was granted.
    #[serde(flatten)]
    pub terms: Terms,
    /// When.
    pub created_at: Timestamp,
    /// When tokens were last given for it.
    pub used_at: Timestamp,
    /// Until when it lives if it is not used.
    pub expires_at: Timestamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// The hash of the current refresh token, at the top of the item: rotation is conditioned on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh_hash: Option<String>,
    /// The thumbprint of the key that its refresh tokens are bound to: those of public clients that use DPoP (RFC 9449 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jkt: Option<String>,
    /// The thumbprint of the certificate that they are bound to: those of public clients whose tokens are (RFC 8705 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) x5t: Option<String>,
    /// The rest of its refresh tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refreshing: Option<Refreshing>,
}

impl Grant {
    /// One that lives as long as its access token, since nothing refreshes it.
    pub(super) fn without_refresh(id: GrantId, terms: Terms, now: Timestamp, lifetime: Duration) -> Self {
        Self {
            id,
            terms,
            created_at: now,
            used_at: now,
            expires_at: now.plus(lifetime),
            revoked_at: None,
            refresh_hash: None,
            jkt: None,
            x5t: None,
            refreshing: None,
        }
    }

    /// Whether its tokens are worth anything at `now`, as far as no act of its customer has ended it.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Whether it goes on, as far as acts of its customer, whose account is `user`, end it.
    #[must_use]
    pub fn is_admitted(&self, user: &User) -> bool {
        user.admits(Begun::Grant(self.terms.access()), self.terms.epoch)
    }
}

/// The key of a grant.
pub(super) fn key(user: &UserId, grant: &str) -> Key {
    Key::new(format!("user#{user}"), format!("grant#{grant}"))
}

impl Entity for Grant {
    const TYPE: &'static str = "grant";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.terms.user, self.id.as_str())
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}
