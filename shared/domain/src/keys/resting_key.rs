//! A key of ours at rest: public in clear, private sealed; and its life: next, active, retired.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{KeyError, PublicJwk, Sealer};
use crate::app::App;
use crate::clock::Timestamp;
use crate::rng::Rng;
use crate::secret::Secret;
use crate::store::{self, Entity, Key, Order, Page, Stored, Table};

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum KeyState {
    /// Made, not in use yet. One that will sign is published, so that everybody knows it before it does.
    Next {
        /// Since when.
        since: Timestamp,
    },
    /// Signing, or the one to encrypt to.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// No longer signing, still published for what it has signed; or no longer published, still decrypting.
    Retired {
        /// Since when.
        since: Timestamp,
        /// When everything that was made with it has expired.
        until: Timestamp,
    },
}

/// What keys are for (`use`, RFC 7517 §4.2): the algorithms that there is a key for each, and where these keys rest.
pub trait KeyUse: Copy + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every algorithm that has a key.
    const ALL: &'static [Self];
    /// The type of the entity, and the label under which the private half is sealed.
    const TYPE: &'static str;
    /// The one partition of all keys of this use: a dozen items, read together. Each use has its own, so that whoever knows one
    /// alone never meets the other's.
    const PARTITION: &'static str;
    /// The type of the mark that an algorithm has had its first key.
    const FIRST: &'static str;

    /// The algorithm's name.
    fn name(self) -> &'static str;

    /// A fresh pair: the private half (PKCS#8), and the public one.
    ///
    /// # Errors
    /// When the generator fails.
    fn pair(self) -> Result<(Secret<Vec<u8>>, PublicJwk), KeyError>;
}

/// A key of ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "U: KeyUse")]
pub struct RestingKey<U> {
    /// Its id: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it works with.
    pub algorithm: U,
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

impl<U: KeyUse> RestingKey<U> {
    /// A fresh one.
    pub(super) fn generate(
        rng: &Rng,
        sealer: &Sealer,
        algorithm: U,
        state: KeyState,
    ) -> Result<Self, KeyError> {
        let (pkcs8, public) = algorithm.pair()?;
        let sealed = sealer.seal(rng, U::TYPE, pkcs8.expose());
        Ok(Self { kid: public.thumbprint(), algorithm, state, public, successor: None, sealed })
    }

    /// Its private half (PKCS#8), unsealed.
    pub(super) fn unseal(&self, sealer: &Sealer) -> Result<Secret<Vec<u8>>, KeyError> {
        sealer.open(U::TYPE, &self.sealed).map(Secret::new).ok_or(KeyError::Damaged(self.algorithm.name()))
    }

    /// Whether it is the one in use.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.state, KeyState::Active { .. })
    }
}

impl<U: KeyUse> Entity for RestingKey<U> {
    const TYPE: &'static str = U::TYPE;
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(U::PARTITION, &self.kid)
    }
}

/// The keys of this use.
pub(super) async fn load<U: KeyUse>(app: &App) -> Result<Vec<RestingKey<U>>, KeyError> {
    Ok(load_stored(app).await?.into_iter().map(|stored| stored.entity).collect())
}

/// The keys of this use, to change them.
pub(super) async fn load_stored<U: KeyUse>(app: &App) -> Result<Vec<Stored<RestingKey<U>>>, KeyError> {
    const LIMIT: i32 = 100;
    let partition = Key::new(U::PARTITION, "");
    let (keys, _) = store::query(app, &partition, Order::Ascending, Page::first(LIMIT)).await?;
    Ok(keys)
}
