//! JSON Web Encryption (RFC 7516) in its compact form: what we encrypt to clients, and what they encrypt to us.
//!
//! Key management is by public keys alone, so nothing that a JWE says can make us work long (no `p2c`) or unpack much (no `zip`).

mod agreement;
mod content;
mod decrypt;
mod encrypt;
mod private;
#[cfg(test)]
mod tests;

pub use decrypt::{Header, Jwe};
pub use encrypt::{Content, encrypt};
pub use private::{DecryptionKey, KeyKind};

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::PublicJwk;

/// The longest JWE that is looked at where nothing shorter is wanted, in bytes: room for the longest JWT.
pub const LIMIT: usize = 24 * 1024;

names! {
    /// How the key of the content reaches its recipient (`alg`, RFC 7518 §4.1).
    KeyManagement {
        /// Agreed upon, and used as it is.
        EcdhEs "ECDH-ES",
        /// Wrapped by an agreed key of 128 bits.
        EcdhEsA128Kw "ECDH-ES+A128KW",
        /// Wrapped by an agreed key of 256 bits.
        EcdhEsA256Kw "ECDH-ES+A256KW",
        /// Encrypted by RSAES-OAEP with SHA-256.
        RsaOaep256 "RSA-OAEP-256",
    }
    /// How the content is encrypted (`enc`, RFC 7518 §5.1).
    ContentEncryption {
        /// AES-CBC with 128 bits, authenticated by HMAC with SHA-256.
        A128CbcHs256 "A128CBC-HS256",
        /// AES-CBC with 256 bits, authenticated by HMAC with SHA-512.
        A256CbcHs512 "A256CBC-HS512",
        /// AES-GCM with 128 bits.
        A128Gcm "A128GCM",
        /// AES-GCM with 256 bits.
        A256Gcm "A256GCM",
    }
}

/// How something is encrypted to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// How the key reaches it.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
}

impl Encryption {
    /// Encryption with `alg`, and with what goes with it where a client does not say (OpenID Connect Registration §2).
    #[must_use]
    pub const fn with(alg: KeyManagement) -> Self {
        Self { alg, enc: ContentEncryption::A128CbcHs256 }
    }
}

/// Whether something can be encrypted to `key` with `alg`.
#[must_use]
pub(super) fn is_for(key: &PublicJwk, alg: KeyManagement) -> bool {
    match alg {
        KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => {
            agreement::peer(key).is_some()
        }
        KeyManagement::RsaOaep256 => rsa(key).is_some(),
    }
}

/// The key as one that RSA encrypts to.
fn rsa(key: &PublicJwk) -> Option<PublicEncryptingKey> {
    let PublicJwk::RSA { e, n } = key else { return None };
    let decode = |text| URL_SAFE_NO_PAD.decode(text).ok();
    RsaPublicKeyComponents { n: decode(n)?, e: decode(e)? }.try_into().ok()
}
