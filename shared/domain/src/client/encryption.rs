//! What a client wants encrypted to its key, and how (OpenID Connect Registration §2, RFC 9701 §6, JARM §3); and how it encrypts its
//! request objects.

use serde::{Deserialize, Serialize};

use crate::keys::jwe::Encryption;

/// How each kind of JWT is encrypted; not at all where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryptions {
    /// ID tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Encryption>,
    /// Answers of the userinfo endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo: Option<Encryption>,
    /// Answers of the introspection endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection: Option<Encryption>,
    /// Answers to authorization requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Encryption>,
    /// The client's request objects, to a key of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object: Option<Encryption>,
}

impl Encryptions {
    /// Whether nothing is encrypted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is encrypted to the client's own key.
    pub(super) fn to_client(self) -> impl Iterator<Item = Encryption> {
        [self.id_token, self.userinfo, self.introspection, self.authorization].into_iter().flatten()
    }
}
