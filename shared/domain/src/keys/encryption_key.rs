//! A key that clients encrypt to: for request objects (RFC 9101 §6.1).

use super::jwe::{DecryptionKey, KeyKind};
use super::resting_key::{KeyUse, RestingKey};
use super::signer::Signer;
use super::{Algorithm, KeyError, PublicJwk, Sealer};
use crate::secret::Secret;

/// An encryption key.
pub type EncryptionKey = RestingKey<KeyKind>;

impl KeyUse for KeyKind {
    const ALL: &'static [Self] = Self::ALL;
    const TYPE: &'static str = "encryption_key";
    const PARTITION: &'static str = "encryption_keys";
    const FIRST: &'static str = "first_encryption_key";

    fn name(self) -> &'static str {
        self.name()
    }

    /// A pair is made alike for signing and for encryption; what it is for is settled by where it rests.
    fn pair(self) -> Result<(Secret<Vec<u8>>, PublicJwk), KeyError> {
        Signer::generate(match self {
            Self::Ec => Algorithm::ES256,
            Self::Rsa => Algorithm::RS256,
        })
    }
}

impl EncryptionKey {
    /// Its private half, unsealed and parsed.
    pub(super) fn open(&self, sealer: &Sealer) -> Result<DecryptionKey, KeyError> {
        DecryptionKey::parse(self.algorithm, &self.unseal(sealer)?)
    }
}
