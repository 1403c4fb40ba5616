//! Whose word the deployment takes: issuers of software statements, and of assertions about customers.

use serde::{Deserialize, Serialize};

use crate::keys::KeySet;

/// Somebody whose JWTs are trusted for something. It has keys by value or at an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustedIssuer {
    /// Its name in them.
    pub iss: String,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<KeySet>,
    /// Where it publishes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
}

impl TrustedIssuer {
    /// Whether what one has signed could be the other's: they have the same name, and a key or the place of their keys in common.
    fn may_pass_for(&self, other: &Self) -> bool {
        let one_place = self.jwks_uri.is_some() && self.jwks_uri == other.jwks_uri;
        let one_key =
            self.jwks.as_ref().zip(other.jwks.as_ref()).is_some_and(|(own, keys)| own.shares_key_with(keys));
        self.iss == other.iss && (one_place || one_key)
    }
}

/// Somebody who may name customers to us (RFC 7523 §2.1, CIBA Core §7.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssertionIssuer {
    /// Who.
    #[serde(flatten)]
    pub issuer: TrustedIssuer,
    /// What its assertions are taken for. Who is trusted with both signs with a key of its own for each: neither is taken else
    /// ([`AssertionIssuer::is_ambiguous`]).
    pub purpose: AssertionPurpose,
    /// What `sub` is.
    pub subject: SubjectKind,
    /// The clients that may bring its assertions.
    pub clients: Vec<String>,
    /// The most that is given for one.
    pub scopes: Vec<String>,
}

impl AssertionIssuer {
    /// Whether an assertion of this issuer could be meant for the other purpose, which another of `all` is for: a hint, which has the
    /// customer asked, would pass for a grant, of which they never learn.
    #[must_use]
    pub fn is_ambiguous(&self, all: &[Self]) -> bool {
        all.iter().any(|other| other.purpose != self.purpose && self.issuer.may_pass_for(&other.issuer))
    }
}

/// What an assertion about a customer is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionPurpose {
    /// A grant: the client gets tokens for it.
    #[default]
    Grant,
    /// A hint: the customer is asked.
    LoginHint,
}

/// What names a customer to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// The id that we have given them.
    #[default]
    Id,
    /// An address or number that they have proven to be theirs, or a user name.
    Identifier,
}

impl AsRef<Self> for TrustedIssuer {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsRef<TrustedIssuer> for AssertionIssuer {
    fn as_ref(&self) -> &TrustedIssuer {
        &self.issuer
    }
}
