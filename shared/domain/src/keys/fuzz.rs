//! Fuzzers of what is encrypted to us.

#![expect(clippy::expect_used, reason = "a fuzzer panics where a promise is broken")]

use super::jwe::{DecryptionKey, Jwe};
use super::jws::LIMIT;
use crate::rng::Rng;

/// A JWE to a key that nobody has: nothing opens it.
pub fn jwe(text: &str) {
    let Some(jwe) = Jwe::parse(text, LIMIT) else { return };
    let rng = Rng::seeded(7);
    let key = aws_lc_rs::agreement::PrivateKey::generate(&aws_lc_rs::agreement::ECDH_P256);
    let key = DecryptionKey::Ecdh(key.expect("a key"));
    assert_eq!(jwe.decrypt(&rng, &key), None);
}
