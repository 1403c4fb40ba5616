//! Public keys of somebody else (`jwks`, RFC 7517 §5): to check what they sign, and to encrypt to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::jwe::{self, KeyManagement};
use super::{Algorithm, PublicJwk};

/// The most keys of one client.
const KEYS: usize = 10;

/// One key (RFC 7517 §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKey {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// What it is for: `sig` or `enc`; both where absent.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// The one algorithm that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// A certificate of it, as base64 (RFC 7517 §4.7), with which the client may prove who it is (RFC 8705 §2.2.2); those of its
    /// issuers are not kept.
    #[serde(default, rename = "x5c", skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// The key itself.
    #[serde(flatten)]
    pub key: PublicJwk,
}

/// A client's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<ClientKey>,
}

impl KeySet {
    /// Whether a key is in both, whatever it is called in either.
    #[must_use]
    pub fn shares_key_with(&self, other: &Self) -> bool {
        self.keys.iter().any(|one| other.keys.iter().any(|another| one.key == another.key))
    }

    /// Reads a JWK set. Keys of kinds that we do not know are left out (RFC 7517 §5); private ones are refused, since whoever sent
    /// one has told a secret.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(value: &Value) -> Result<Self, &'static str> {
        let keys = value.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or("`jwks` must be an object with an array `keys`")?;
        if keys.len() > KEYS {
            return Err("`jwks` has too many keys");
        }
        if keys.iter().any(PublicJwk::tells_a_secret) {
            return Err("`jwks` contains a private or symmetric key: publish public keys alone");
        }
        let known = |key: &Value| serde_json::from_value::<ClientKey>(key.clone()).ok();
        let mut keys: Vec<ClientKey> = keys.iter().filter_map(known).filter(ClientKey::is_sound).collect();
        keys.iter_mut().for_each(|key| key.certificates.truncate(1));
        if keys.is_empty() {
            return Err("`jwks` has no key that could verify a signature or be encrypted to");
        }
        Ok(Self { keys })
    }

    /// Whether a key of this id may be among them: keys need not have ids.
    #[must_use]
    pub fn has(&self, kid: Option<&str>) -> bool {
        let may_be = |key: &ClientKey, kid| key.kid.as_deref().is_none_or(|own| own == kid);
        kid.is_none_or(|kid| self.keys.iter().any(|key| may_be(key, kid)))
    }

    /// Whether one of the keys made `signature` of `message`. A key id narrows the choice where the keys have ids.
    #[must_use]
    pub fn verify(&self, kid: Option<&str>, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.keys
            .iter()
            .filter(|key| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid)
            .filter(|key| key.may_verify(algorithm))
            .any(|key| key.key.verify(algorithm, message, signature))
    }

    /// Whether some key can verify signatures at all.
    #[must_use]
    pub fn verifies(&self) -> bool {
        let by = |key: &ClientKey| {
            Algorithm::ALL.into_iter().any(|one| key.may_verify(one) && key.key.is_for(one))
        };
        self.keys.iter().any(by)
    }

    /// The key to encrypt to with `alg`: one that says it is for that goes before one that says nothing.
    #[must_use]
    pub fn recipient(&self, alg: KeyManagement) -> Option<&ClientKey> {
        let suits = |key: &&ClientKey| {
            key.usage.as_deref().is_none_or(|usage| usage == "enc")
                && key.alg.as_deref().is_none_or(|name| name == alg.name())
                && jwe::is_for(&key.key, alg)
        };
        // INVARIANT: `max_by_key` takes the last of equals, so the set is read backwards and the first one counts.
        let said = |key: &&ClientKey| (key.usage.is_some(), key.alg.is_some());
        self.keys.iter().rev().filter(suits).max_by_key(said)
    }
}

impl ClientKey {
    /// Whether some algorithm of ours can use it: the point is on its curve, the modulus long enough.
    fn is_sound(&self) -> bool {
        Algorithm::ALL.into_iter().any(|algorithm| self.key.is_for(algorithm))
            || KeyManagement::ALL.iter().any(|alg| jwe::is_for(&self.key, *alg))
    }

    fn may_verify(&self, algorithm: Algorithm) -> bool {
        self.usage.as_deref() != Some("enc")
            && self.alg.as_deref().is_none_or(|name| Algorithm::find_theirs(name) == Some(algorithm))
    }
}
