//! A proof works once (RFC 9449 §11.1): its `jti` is used up by a conditional write, for as long as the proof would be taken.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::DpopError;
use super::proof::{Proof, WINDOW};
use crate::app::App;
use crate::clock::Timestamp;
use crate::store::{self, Entity, Key, Table, Write};

/// A proof that was used: `dpop#<hash of its key, address and jti>`.
#[derive(Serialize, Deserialize)]
struct UsedProof {
    hash: String,
    expires_at: Timestamp,
}

impl Entity for UsedProof {
    const TYPE: &'static str = "dpop_proof";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("dpop#{}", self.hash), "dpop")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Uses `proof` up, which was made for `endpoint`.
pub(super) async fn spend(app: &App, proof: &Proof, endpoint: &str) -> Result<(), DpopError> {
    let now = app.clock.now();
    // INVARIANT: neither a thumbprint nor an address of ours contains a NUL, so no two proofs are hashed alike.
    let all = format!("{}\0{endpoint}\0{}", proof.jkt, proof.jti);
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, all.as_bytes()));
    // A proof may be dated as far ahead as it may be old, and its last second counts.
    let used = UsedProof { hash, expires_at: now.plus(WINDOW * 2).plus(std::time::Duration::from_secs(1)) };
    match store::write(app, Write::create_or_expired(&used, now)).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_refused() => Err(DpopError::Replayed),
        Err(error) => Err(error.into()),
    }
}
