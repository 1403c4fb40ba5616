//! The private half of a key that others encrypt to: made, sealed, and opened once to decrypt many times.

use aws_lc_rs::agreement::{self, PrivateKey};
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};

use super::KeyManagement;
use crate::keys::KeyError;
use crate::secret::Secret;

names! {
    /// A kind of key that others encrypt to, named by the first algorithm that it serves.
    KeyKind {
        /// A point on P-256, for the three algorithms that agree upon a key.
        Ec "ECDH-ES",
        /// RSA of 2048 bits.
        Rsa "RSA-OAEP-256",
    }
}

impl KeyKind {
    /// The kind that `alg` works with.
    #[must_use]
    pub const fn of(alg: KeyManagement) -> Self {
        match alg {
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => Self::Ec,
            KeyManagement::RsaOaep256 => Self::Rsa,
        }
    }
}

/// A parsed private key.
pub enum DecryptionKey {
    /// One to agree by.
    Ecdh(PrivateKey),
    /// One to decrypt with.
    Rsa(OaepPrivateDecryptingKey),
}

impl DecryptionKey {
    /// The key of this kind that rests as `pkcs8`.
    pub(in crate::keys) fn parse(kind: KeyKind, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyError> {
        let damaged = || KeyError::Damaged("encryption");
        match kind {
            KeyKind::Ec => PrivateKey::from_private_key_der(&agreement::ECDH_P256, pkcs8.expose())
                .map(Self::Ecdh)
                .map_err(|_| damaged()),
            KeyKind::Rsa => PrivateDecryptingKey::from_pkcs8(pkcs8.expose())
                .map_err(|_| damaged())
                .and_then(|key| OaepPrivateDecryptingKey::new(key).map_err(|_| damaged()))
                .map(Self::Rsa),
        }
    }
}
