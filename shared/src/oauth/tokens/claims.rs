//! What an access token says (RFC 9068 §2.2), in a JWT and at rest behind an opaque handle alike.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::{GrantId, SessionId, TokenId};

/// Whom a token is for: one text, or a list (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One recipient.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Whether `recipient` is among them.
    #[must_use]
    pub fn contains(&self, recipient: &str) -> bool {
        self.iter().any(|one| one == recipient)
    }

    /// The recipients.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }
}

impl From<Vec<String>> for Audience {
    fn from(mut recipients: Vec<String>) -> Self {
        match recipients.len() {
            1 => Self::One(recipients.remove(0)),
            _ => Self::Many(recipients),
        }
    }
}

/// The claims of an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who issued it.
    pub iss: String,
    /// Whom it speaks for: a customer, or the client itself.
    pub sub: String,
    /// Whom it is for.
    pub aud: Audience,
    /// Until when.
    pub exp: Timestamp,
    /// Since when.
    pub iat: Timestamp,
    /// Its id.
    pub jti: TokenId,
    /// Who holds it.
    pub client_id: String,
    /// What it allows, separated by spaces.
    pub scope: String,
    /// When the customer signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// How surely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By which methods (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// In which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// Of which grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<GrantId>,
}

impl AccessClaims {
    /// Whether it allows `scope`.
    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|one| one == scope)
    }
}
