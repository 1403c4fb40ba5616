//! A signing key at rest: public in clear, private sealed; and its life: next, active, retired.

use serde::{Deserialize, Serialize};

use super::signer::Signer;
use super::{Algorithm, KeyError, PublicJwk, Sealer};
use crate::clock::Timestamp;
use crate::rng::Rng;
use crate::secret::Secret;
use crate::store::{Entity, Key, Table};

/// The label under which private keys are sealed.
const LABEL: &str = "signing_key";
/// The one partition of all signing keys: a dozen items, read together.
pub(super) const PARTITION: &str = "signing_keys";

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum KeyState {
    /// Published, so that everybody knows it before it signs.
    Next {
        /// Since when.
        since: Timestamp,
    },
    /// Signing.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// No longer signing, still published for what it has signed.
    Retired {
        /// Since when.
        since: Timestamp,
        /// When everything that it signed has expired.
        until: Timestamp,
    },
}

/// A signing key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKey {
    /// Its id: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Where it stands in its life.
    pub state: KeyState,
    /// Its public half.
    pub public: PublicJwk,
    /// The key that follows it, once that was made: two runs of the rotation cannot both make one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Its private half (PKCS#8), sealed.
    sealed: String,
}

impl SigningKey {
    /// A fresh one.
    pub(super) fn generate(
        rng: &Rng,
        sealer: &Sealer,
        algorithm: Algorithm,
        state: KeyState,
    ) -> Result<Self, KeyError> {
        let (pkcs8, public) = Signer::generate(algorithm)?;
        let sealed = sealer.seal(rng, LABEL, pkcs8.expose());
        Ok(Self { kid: public.thumbprint(), algorithm, state, public, successor: None, sealed })
    }

    /// Its private half, unsealed and parsed.
    pub(super) fn open(&self, sealer: &Sealer) -> Result<Signer, KeyError> {
        let pkcs8 = sealer.open(LABEL, &self.sealed).ok_or(KeyError::Damaged("signing"))?;
        Signer::parse(self.algorithm, &Secret::new(pkcs8))
    }

    /// Whether it signs.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.state, KeyState::Active { .. })
    }
}

impl Entity for SigningKey {
    const TYPE: &'static str = "signing_key";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(PARTITION, &self.kid)
    }
}
