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

/// Somebody who may name customers to us (RFC 7523 §2.1, CIBA Core §7.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssertionIssuer {
    /// Who.
    #[serde(flatten)]
    pub issuer: TrustedIssuer,
    /// What its assertions are taken for. Who is trusted with both signs with a key of its own for each, so that neither passes for the
    /// other.
    pub purpose: AssertionPurpose,
    /// What `sub` is.
    pub subject: SubjectKind,
    /// The clients that may bring its assertions.
    pub clients: Vec<String>,
    /// The most that is given for one.
    pub scopes: Vec<String>,
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
