//! A key that signs our tokens.

use super::resting_key::{KeyUse, RestingKey};
use super::signer::Signer;
use super::{Algorithm, KeyError, PublicJwk, Sealer};
use crate::secret::Secret;

/// A signing key.
pub type SigningKey = RestingKey<Algorithm>;

impl KeyUse for Algorithm {
    const ALL: &'static [Self] = &Self::ALL;
    const TYPE: &'static str = "signing_key";
    const PARTITION: &'static str = "signing_keys";
    const FIRST: &'static str = "first_signing_key";

    fn name(self) -> &'static str {
        self.name()
    }

    fn pair(self) -> Result<(Secret<Vec<u8>>, PublicJwk), KeyError> {
        Signer::generate(self)
    }
}

impl SigningKey {
    /// Its private half, unsealed and parsed.
    pub(super) fn open(&self, sealer: &Sealer) -> Result<Signer, KeyError> {
        Signer::parse(self.algorithm, &self.unseal(sealer)?)
    }
}
