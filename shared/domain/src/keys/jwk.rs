//! A public key as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2), and its thumbprint (RFC 7638).

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Algorithm, KeyError};

/// The public half of a key. The members of each kind stand in the order that the thumbprint wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum PublicJwk {
    /// A point on a NIST curve.
    EC {
        /// The curve.
        crv: String,
        /// Its abscissa.
        x: String,
        /// Its ordinate.
        y: String,
    },
    /// A point on an Edwards or a Montgomery curve.
    OKP {
        /// The curve.
        crv: String,
        /// The point.
        x: String,
    },
    /// An RSA key.
    RSA {
        /// The public exponent.
        e: String,
        /// The modulus.
        n: String,
    },
}

impl PublicJwk {
    /// The key whose uncompressed point (SEC 1 §2.3.3) is `point`.
    pub(super) fn ec(crv: &str, point: &[u8]) -> Result<Self, KeyError> {
        let (form, coordinates) = point.split_first().ok_or(KeyError::Damaged("signing"))?;
        if *form != 4 || coordinates.len() % 2 != 0 {
            return Err(KeyError::Damaged("signing"));
        }
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Ok(Self::EC { crv: crv.to_owned(), x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
    }

    /// The Ed25519 key `point`.
    pub(super) fn ed25519(point: &[u8]) -> Self {
        Self::OKP { crv: "Ed25519".to_owned(), x: URL_SAFE_NO_PAD.encode(point) }
    }

    /// The RSA key with this exponent and modulus, big-endian without leading zeros.
    pub(super) fn rsa(e: &[u8], n: &[u8]) -> Self {
        Self::RSA { e: URL_SAFE_NO_PAD.encode(e), n: URL_SAFE_NO_PAD.encode(n) }
    }

    /// The SHA-256 thumbprint (RFC 7638 §3): the key's id.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // INVARIANT: every member is base64url or the name of a curve, so nothing needs escaping.
        let canonical = match self {
            Self::EC { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::OKP { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
            Self::RSA { e, n } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    /// Reads one that somebody shows. A private or symmetric key is refused: whoever sent it has told a secret.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        if Self::tells_a_secret(value) { None } else { Self::deserialize(value).ok() }
    }

    /// Whether the JWK has members that only a private or a symmetric key has (RFC 7518 §6.2.2, §6.3.2, §6.4).
    pub(super) fn tells_a_secret(value: &Value) -> bool {
        ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|member| value.get(member).is_some())
    }

    /// The uncompressed point (SEC 1 §2.3.3), where it is one of the curve `name` with coordinates of `length` bytes.
    pub(super) fn point(&self, name: &str, length: usize) -> Option<Vec<u8>> {
        let Self::EC { crv, x, y } = self else { return None };
        let decode = |text| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == length);
        (crv == name).then(|| Some([vec![4], decode(x)?, decode(y)?].concat()))?
    }

    /// Whether signatures of `algorithm` can be verified with it.
    #[must_use]
    pub fn is_for(&self, algorithm: Algorithm) -> bool {
        self.parse(algorithm).is_ok()
    }

    /// Whether `signature` of `message` was made with its private half.
    #[must_use]
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.parse(algorithm).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// The key, parsed once to verify many signatures of `algorithm`.
    pub(super) fn parse(&self, algorithm: Algorithm) -> Result<ParsedPublicKey, KeyError> {
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Damaged("signing"));
        let damaged = || KeyError::Damaged("signing");
        let parsed = match (algorithm, self) {
            (Algorithm::ES256, key @ Self::EC { .. }) => {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.point("P-256", 32).ok_or_else(damaged)?)
            }
            (Algorithm::ES384, key @ Self::EC { .. }) => {
                ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, key.point("P-384", 48).ok_or_else(damaged)?)
            }
            (Algorithm::EdDSA, Self::OKP { crv, x }) if crv == "Ed25519" => {
                ParsedPublicKey::new(&ED25519, decode(x)?)
            }
            (Algorithm::RS256, Self::RSA { e, n }) => RsaPublicKeyComponents { n: decode(n)?, e: decode(e)? }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256),
            (Algorithm::PS256, Self::RSA { e, n }) => RsaPublicKeyComponents { n: decode(n)?, e: decode(e)? }
                .to_parsed_public_key(&RSA_PSS_2048_8192_SHA256),
            (
                Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA | Algorithm::RS256 | Algorithm::PS256,
                _,
            ) => return Err(damaged()),
        };
        parsed.map_err(|_| damaged())
    }
}
