//! What an access token says (RFC 9068 §2.2), in a JWT and at rest behind an opaque handle alike.

use serde::{Deserialize, Serialize};

use super::scheme::Scheme;
use crate::clock::Timestamp;
use crate::id::{GrantId, SessionId, TokenId};
use crate::oauth::details::Details;

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

/// What the holder of a token must prove with each use (RFC 7800 §3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// That it holds the key with this thumbprint (RFC 9449 §6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// That its TLS connection is of the certificate with this thumbprint (RFC 8705 §3.1).
    #[serde(default, rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
}

impl Confirmation {
    /// Whether nothing has to be proven: whoever has the token may use it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who acts for the subject of a token (RFC 8693 §4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingParty {
    /// Who: a customer, or a client.
    pub sub: String,
    /// Which client it acts through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Who acted before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

impl ActingParty {
    /// A client that acts for itself.
    #[must_use]
    pub fn client(id: &str) -> Self {
        Self { sub: id.to_owned(), client_id: Some(id.to_owned()), act: None }
    }

    /// How many act one for the other.
    #[must_use]
    pub fn depth(&self) -> usize {
        std::iter::successors(Some(self), |party| party.act.as_deref()).count()
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
    /// What it allows, separated by spaces; absent where it allows nothing but details (RFC 6749 §3.3 knows no empty list).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// What it allows in detail (RFC 9396 §9.1).
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub authorization_details: Details,
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
    /// What its holder must prove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for the subject, where somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<ActingParty>,
}

impl AccessClaims {
    /// Whether it allows `scope`.
    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|one| one == scope)
    }

    /// The thumbprint of the key that it is bound to.
    #[must_use]
    pub fn jkt(&self) -> Option<&str> {
        self.cnf.as_ref()?.jkt.as_deref()
    }

    /// The thumbprint of the certificate that it is bound to.
    #[must_use]
    pub fn x5t(&self) -> Option<&str> {
        self.cnf.as_ref()?.x5t.as_deref()
    }

    /// How it is to be presented.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        if self.jkt().is_some() { Scheme::Dpop } else { Scheme::Bearer }
    }
}
