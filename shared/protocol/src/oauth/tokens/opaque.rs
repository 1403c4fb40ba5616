//! Opaque access tokens at rest: the claims behind the hash of a handle.

use serde::{Deserialize, Serialize};

use super::claims::AccessClaims;
use crate::clock::Timestamp;
use crate::store::{Entity, Key, Table};

/// An opaque access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OpaqueToken {
    pub(super) hash: String,
    pub(super) claims: AccessClaims,
}

impl OpaqueToken {
    pub(super) fn key_of(hash: &str) -> Key {
        Key::new(format!("at#{hash}"), "at")
    }
}

impl Entity for OpaqueToken {
    const TYPE: &'static str = "access_token";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Self::key_of(&self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.claims.exp)
    }
}
