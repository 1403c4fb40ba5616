//! A hash and what it took to make it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::settings::HashingSettings;

/// Bytes of a salt (RFC 9106 §3.1).
pub(super) const SALT: usize = 16;
/// Bytes of a hash.
pub(super) const OUTPUT: usize = 32;

/// What a hash costs to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Cost {
    pub(super) fn of(settings: &HashingSettings) -> Self {
        Self { memory_kib: settings.memory_kib, passes: settings.passes, lanes: settings.lanes }
    }
}

/// The members of a PHC string, each as an attribute.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Hashed {
    algorithm: Algorithm,
    #[serde(flatten)]
    pub(super) cost: Cost,
    salt: String,
    hash: String,
}

/// How it was made. Hashes that are imported from elsewhere will name theirs.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Algorithm {
    /// Argon2id, version 0x13, keyed with the pepper.
    #[serde(rename = "argon2id")]
    Argon2id,
}

impl Hashed {
    pub(super) fn new(cost: Cost, salt: &[u8; SALT], output: &[u8; OUTPUT]) -> Self {
        Self {
            algorithm: Algorithm::Argon2id,
            cost,
            salt: STANDARD_NO_PAD.encode(salt),
            hash: STANDARD_NO_PAD.encode(output),
        }
    }

    /// The salt; one that cannot be read is empty, and fits no password.
    pub(super) fn salt(&self) -> Vec<u8> {
        STANDARD_NO_PAD.decode(&self.salt).unwrap_or_default()
    }

    /// The hash; one that cannot be read is empty, and equals none.
    pub(super) fn output(&self) -> Vec<u8> {
        STANDARD_NO_PAD.decode(&self.hash).unwrap_or_default()
    }
}
