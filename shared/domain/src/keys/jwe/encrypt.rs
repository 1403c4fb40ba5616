//! Encryption to somebody's public key (RFC 7516 §5.1).

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::agreement::{self, Parties};
use super::{Encryption, KeyManagement};
use crate::keys::{ClientKey, PublicJwk};
use crate::rng::Rng;
use crate::secret::Secret;

/// What is encrypted.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A signed JWT, which makes the whole a nested one (RFC 7519 §5.2).
    Jwt(&'a str),
    /// The claims themselves, as JSON.
    Claims(&'a [u8]),
}

#[derive(Serialize)]
struct Protected<'a> {
    alg: KeyManagement,
    enc: super::ContentEncryption,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cty: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epk: Option<PublicJwk>,
}

/// The key of the content, and how it travels.
struct Carried {
    key: Secret<Vec<u8>>,
    encrypted: Vec<u8>,
    epk: Option<PublicJwk>,
}

/// Encrypts `content` to `recipient`, as a JWE in its compact form. `None` where the key is not one for this algorithm.
#[must_use]
pub fn encrypt(
    rng: &Rng,
    recipient: &ClientKey,
    encryption: Encryption,
    content: Content<'_>,
) -> Option<String> {
    let Carried { key, encrypted, epk } = carry(rng, &recipient.key, encryption)?;
    let (cty, plaintext) = match content {
        Content::Jwt(jwt) => (Some("JWT"), jwt.as_bytes()),
        Content::Claims(claims) => (None, claims),
    };
    let Encryption { alg, enc } = encryption;
    let protected = Protected { alg, enc, kid: recipient.kid.as_deref(), cty, epk };
    let protected = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&protected).ok()?);
    let iv = random(rng, enc.iv_length());
    let sealed = enc.seal(key.expose(), iv, protected.as_bytes(), plaintext)?;
    let encoded =
        [encrypted, sealed.iv, sealed.ciphertext, sealed.tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    let [encrypted, iv, ciphertext, tag] = encoded;
    Some([protected, encrypted, iv, ciphertext, tag].join("."))
}

fn carry(rng: &Rng, recipient: &PublicJwk, encryption: Encryption) -> Option<Carried> {
    let fresh = || Secret::new(random(rng, encryption.enc.key_length()));
    if encryption.alg == KeyManagement::RsaOaep256 {
        let key = fresh();
        return Some(Carried { encrypted: encrypt_rsa(recipient, &key)?, key, epk: None });
    }
    let ephemeral = agreement::ephemeral(recipient)?;
    let agreed = agreement::agree(&ephemeral, recipient, encryption, &Parties::default())?;
    let epk = Some(agreement::public(&ephemeral)?);
    if encryption.alg == KeyManagement::EcdhEs {
        return Some(Carried { key: agreed, encrypted: Vec::new(), epk });
    }
    let key = fresh();
    Some(Carried { encrypted: agreement::wrap(&agreed, &key)?, key, epk })
}

fn encrypt_rsa(recipient: &PublicJwk, key: &Secret<Vec<u8>>) -> Option<Vec<u8>> {
    let recipient = OaepPublicEncryptingKey::new(super::rsa(recipient)?).ok()?;
    let mut encrypted = vec![0; recipient.ciphertext_size()];
    let length = recipient.encrypt(&OAEP_SHA256_MGF1SHA256, key.expose(), &mut encrypted, None).ok()?.len();
    encrypted.truncate(length);
    Some(encrypted)
}

pub(super) fn random(rng: &Rng, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    bytes
}
