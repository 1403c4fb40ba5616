//! Authorization codes (RFC 6749 §4.1.2): good for one minute and once. The record outlives its use, so that a second use is noticed.

mod redeem;
mod withdraw;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::grants::Terms;
use crate::clock::Timestamp;
use crate::id::GrantId;
use crate::store::{Entity, Key, Table};

pub(super) use redeem::{Presented, consume, load, revoke_reused};
pub use withdraw::withdraw_write;

/// How long the record outlives the code, to notice a second use.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// A code: `code#<hash>`/`code`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Code {
    /// The hash of its handle.
    pub(super) hash: String,
    /// The family that its redemption begins.
    pub(super) grant: GrantId,
    /// What was granted.
    pub(super) terms: Terms,
    /// Where it was sent.
    pub(super) redirect_uri: String,
    /// Whether the request named that address.
    pub(super) redirect_uri_given: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code_challenge: Option<String>,
    /// The thumbprint of the key that its redemption must prove (`dpop_jkt`, RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jkt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<String>,
    pub(super) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) redeemed_at: Option<Timestamp>,
}

impl Code {
    fn key_of(hash: &str) -> Key {
        Key::new(format!("code#{hash}"), "code")
    }
}

impl Entity for Code {
    const TYPE: &'static str = "code";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Self::key_of(&self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at.plus(REMEMBERED))
    }
}
