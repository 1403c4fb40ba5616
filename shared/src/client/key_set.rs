//! A client's public keys (`jwks`, RFC 7591 §2): to check what it signs.

use serde::{Deserialize, Serialize};

use crate::keys::{Algorithm, PublicJwk};

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
    /// Reads a JWK set. Keys of kinds that we do not know are left out (RFC 7517 §5); private ones are refused, since whoever sent
    /// one has told a secret.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(value: &serde_json::Value) -> Result<Self, &'static str> {
        const PRIVATE: [&str; 3] = ["d", "p", "k"];
        let keys = value.get("keys").and_then(serde_json::Value::as_array);
        let keys = keys.ok_or("`jwks` must be an object with an array `keys`")?;
        if keys.len() > KEYS {
            return Err("`jwks` has too many keys");
        }
        if keys.iter().any(|key| PRIVATE.iter().any(|member| key.get(member).is_some())) {
            return Err("`jwks` contains a private or symmetric key: publish public keys alone");
        }
        let known = |key: &serde_json::Value| serde_json::from_value::<ClientKey>(key.clone()).ok();
        let mut keys: Vec<ClientKey> = keys.iter().filter_map(known).filter(ClientKey::is_sound).collect();
        keys.iter_mut().for_each(|key| key.certificates.truncate(1));
        if keys.is_empty() { Err("`jwks` has no key that can verify a signature") } else { Ok(Self { keys }) }
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
            .filter(|key| key.usage.as_deref() != Some("enc"))
            .filter(|key| {
                key.alg.as_deref().is_none_or(|name| Algorithm::find_theirs(name) == Some(algorithm))
            })
            .any(|key| key.key.verify(algorithm, message, signature))
    }
}

impl ClientKey {
    /// Whether some algorithm of ours can use it: the point is on its curve, the modulus long enough.
    fn is_sound(&self) -> bool {
        Algorithm::ALL.into_iter().any(|algorithm| self.key.is_for(algorithm))
    }
}
