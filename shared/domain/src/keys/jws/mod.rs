//! JWTs that others signed (RFC 7515, RFC 7519): read within bounds, then verified with keys and algorithms that we choose, never
//! with what the JWT says of itself (RFC 8725 §3.1).

mod error;
mod mac;
#[cfg(test)]
mod tests;
mod times;

pub use error::JwsError;
pub use mac::Mac;
pub use times::{LEEWAY, Recipients, Times};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{Algorithm, KeySet, PublicJwk};
use crate::secret::Secret;

/// The longest JWT that is looked at where nothing shorter is wanted, in bytes.
pub const LIMIT: usize = 16 * 1024;

/// What a JWT says of how it was made. All of it is a claim until the signature is verified.
#[derive(Clone, Debug, Deserialize)]
pub struct Header {
    /// The algorithm.
    pub alg: String,
    /// The id of the key.
    #[serde(default)]
    pub kid: Option<String>,
    /// What the JWT is for (RFC 8725 §3.11).
    #[serde(default)]
    pub typ: Option<String>,
    /// What it contains: `JWT` where it is nested.
    #[serde(default)]
    pub cty: Option<String>,
    /// The key itself, where whoever signed it may bring it along (RFC 9449 §4.2).
    #[serde(default)]
    pub jwk: Option<Value>,
    /// Extensions that must be understood: we know none (RFC 7515 §4.1.11).
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

/// A JWT of somebody else. Nothing of it is verified yet.
#[derive(Clone, Debug)]
pub struct Jws<'a> {
    header: Header,
    message: &'a str,
    claims: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a JWT in its compact form, at most `limit` bytes long.
    ///
    /// # Errors
    /// [`JwsError`]; nothing that the text contains can make it panic.
    pub fn parse(text: &'a str, limit: usize) -> Result<Self, JwsError> {
        if text.len() > limit {
            return Err(JwsError::TooLong);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(JwsError::Malformed)?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed);
        let header: Header = object(&decode(header)?).ok_or(JwsError::Malformed)?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        Ok(Self { header, message, claims: decode(claims)?, signature: decode(signature)? })
    }

    /// How it says it was made.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether it says that it is a `typ`: in any case, with `application/` or without (RFC 7515 §4.1.9).
    #[must_use]
    pub fn is_typ(&self, typ: &str) -> bool {
        let bare = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
        };
        self.header.typ.as_deref().is_some_and(|said| bare(said) == bare(typ))
    }

    /// What it claims, to find out whose keys to verify it with. Trust nothing of it.
    ///
    /// # Errors
    /// [`JwsError::Claims`].
    pub fn unverified<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        object(&self.claims).ok_or(JwsError::Claims)
    }

    /// Its claims, where one of `keys` has signed it with one of the `allowed` algorithms.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify<T: DeserializeOwned>(&self, keys: &KeySet, allowed: &[Algorithm]) -> Result<T, JwsError> {
        let algorithm = self.algorithm(allowed)?;
        let kid = self.header.kid.as_deref();
        self.claims_if(keys.verify(kid, algorithm, self.message.as_bytes(), &self.signature))
    }

    /// Its claims, where `key` has signed it with one of the `allowed` algorithms.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify_with<T: DeserializeOwned>(
        &self,
        key: &PublicJwk,
        allowed: &[Algorithm],
    ) -> Result<T, JwsError> {
        let algorithm = self.algorithm(allowed)?;
        self.claims_if(key.verify(algorithm, self.message.as_bytes(), &self.signature))
    }

    /// Its claims, where whoever made it knows `secret` and used one of the `allowed` algorithms. A name of a signature's algorithm
    /// is none of these, so no public key is ever taken for a secret (RFC 8725 §2.1).
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify_mac<T: DeserializeOwned>(
        &self,
        secret: &Secret<String>,
        allowed: &[Mac],
    ) -> Result<T, JwsError> {
        let mac = Mac::find(&self.header.alg).filter(|mac| allowed.contains(mac));
        let mac = mac.ok_or(JwsError::Algorithm)?;
        self.claims_if(mac.verify(secret, self.message.as_bytes(), &self.signature))
    }

    /// Whether it says that nobody has signed it (RFC 7519 §6). Its claims are worth no more than what they came with.
    #[must_use]
    pub fn is_unsecured(&self) -> bool {
        self.header.alg == "none" && self.signature.is_empty()
    }

    /// The key that it brings along, public members alone (RFC 9449 §4.3).
    ///
    /// # Errors
    /// [`JwsError::Malformed`] where there is none, or one that tells a secret.
    pub fn embedded_key(&self) -> Result<PublicJwk, JwsError> {
        self.header.jwk.as_ref().and_then(PublicJwk::read).ok_or(JwsError::Malformed)
    }

    /// The algorithm that it is signed with, if that is one of those `allowed`.
    ///
    /// # Errors
    /// [`JwsError::Algorithm`].
    pub fn algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, JwsError> {
        let said = Algorithm::find_theirs(&self.header.alg);
        said.filter(|algorithm| allowed.contains(algorithm)).ok_or(JwsError::Algorithm)
    }

    fn claims_if<T: DeserializeOwned>(&self, verified: bool) -> Result<T, JwsError> {
        if verified { self.unverified() } else { Err(JwsError::Signature) }
    }
}

/// A JSON object, nested no deeper than `serde_json` lets anything be (128). An array is refused even where `T` could be read from
/// one.
pub(super) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if *first == b'{' { serde_json::from_slice(bytes).ok() } else { None }
}
