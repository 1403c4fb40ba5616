//! DPoP (RFC 9449): with each request a client proves that it holds a private key, by a JWT made for that request alone. Tokens that
//! are bound to the key are worth nothing to whoever steals them without it.

mod endpoint;
mod error;
mod nonce;
mod proof;
mod prove;
mod replay;
#[cfg(test)]
mod tests;

pub use error::DpopError;
pub use prove::{Proven, Purpose, attach_nonce, key_of_code, prove};

use crate::keys::Algorithm;

/// Whatever a proof is, it is read or refused; a proof for another request is for none of ours.
#[cfg(any(test, feature = "testing"))]
pub(super) fn fuzz(text: &str) {
    if let Ok(proof) = proof::Proof::parse(text, &Algorithm::ALL) {
        let expected =
            proof::Expected { method: "", endpoint: "", now: crate::clock::Timestamp(0), token: None };
        assert!(proof.check(&expected).is_err());
    }
    endpoint::is_same(text, "https://id.example/oauth2/token");
}

/// The algorithms that proofs may be signed with, separated by spaces: for challenges (RFC 9449 §7.1).
#[must_use]
pub fn algorithms() -> String {
    Algorithm::ALL.map(Algorithm::name).join(" ")
}
