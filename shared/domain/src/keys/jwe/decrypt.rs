//! Decryption of what somebody encrypted to us (RFC 7516 §5.2). There is one answer to everything that is wrong.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::agreement::{self, Parties};
use super::content::Sealed;
use super::encrypt::random;
use super::{ContentEncryption, DecryptionKey, Encryption, KeyManagement};
use crate::keys::{PublicJwk, jws};
use crate::rng::Rng;
use crate::secret::Secret;

/// What a JWE says of how it was made.
#[derive(Clone, Debug, Deserialize)]
pub struct Header {
    /// How the content's key was brought to us.
    pub alg: KeyManagement,
    /// How the content was encrypted.
    pub enc: ContentEncryption,
    /// The id of the key of ours that it is for.
    #[serde(default)]
    pub kid: Option<String>,
    /// What it contains: `JWT` where it is nested.
    #[serde(default)]
    pub cty: Option<String>,
    /// The sender's ephemeral key.
    #[serde(default)]
    epk: Option<PublicJwk>,
    #[serde(default)]
    apu: Option<String>,
    #[serde(default)]
    apv: Option<String>,
    /// Compression: what is small when it comes must be small when it is open.
    #[serde(default)]
    zip: Option<IgnoredAny>,
    /// Extensions that must be understood: we know none (RFC 7516 §4.1.13).
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

/// A JWE in its compact form.
pub struct Jwe<'a> {
    header: Header,
    protected: &'a str,
    encrypted: Vec<u8>,
    sealed: Sealed,
}

impl<'a> Jwe<'a> {
    /// Reads a JWE, at most `limit` bytes long. `None` for what is none, or wants more than we do; nothing that the text contains
    /// can make it panic.
    #[must_use]
    pub fn parse(text: &'a str, limit: usize) -> Option<Self> {
        if text.len() > limit {
            return None;
        }
        let mut parts = text.split('.');
        let protected = parts.next()?;
        let mut part = || URL_SAFE_NO_PAD.decode(parts.next()?).ok();
        let (encrypted, iv, ciphertext, tag) = (part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return None;
        }
        let header: Header = jws::object(&URL_SAFE_NO_PAD.decode(protected).ok()?)?;
        let plain = header.zip.is_none() && header.crit.is_none();
        plain.then_some(Self { header, protected, encrypted, sealed: Sealed { iv, ciphertext, tag } })
    }

    /// How it says it was made.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its content, if it was encrypted to `key`.
    #[must_use]
    pub fn decrypt(&self, rng: &Rng, key: &DecryptionKey) -> Option<Vec<u8>> {
        let enc = self.header.enc;
        let key = match (key, self.header.alg) {
            (DecryptionKey::Rsa(key), KeyManagement::RsaOaep256) => decrypt_rsa(key, &self.encrypted),
            (DecryptionKey::Ecdh(key), KeyManagement::EcdhEs) => {
                Some(self.agree(key).filter(|_| self.encrypted.is_empty())?)
            }
            (DecryptionKey::Ecdh(key), KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw) => {
                agreement::unwrap(&self.agree(key)?, &self.encrypted)
            }
            (DecryptionKey::Rsa(_) | DecryptionKey::Ecdh(_), _) => return None,
        };
        // A key that cannot be had is replaced by one that opens nothing, so that nobody learns by the time it takes what was wrong
        // with it (RFC 7516 §11.5).
        let key = key.filter(|key| key.expose().len() == enc.key_length());
        let key = key.unwrap_or_else(|| Secret::new(random(rng, enc.key_length())));
        enc.open(key.expose(), &self.sealed, self.protected.as_bytes())
    }

    fn agree(&self, mine: &aws_lc_rs::agreement::PrivateKey) -> Option<Secret<Vec<u8>>> {
        let Header { alg, enc, epk, apu, apv, .. } = &self.header;
        let party = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref().unwrap_or_default()).ok();
        let parties = Parties { producer: party(apu)?, recipient: party(apv)? };
        agreement::agree(mine, epk.as_ref()?, Encryption { alg: *alg, enc: *enc }, &parties)
    }
}

fn decrypt_rsa(key: &OaepPrivateDecryptingKey, encrypted: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut bytes = vec![0; key.min_output_size()];
    let length = key.decrypt(&OAEP_SHA256_MGF1SHA256, encrypted, &mut bytes, None).ok()?.len();
    bytes.truncate(length);
    Some(Secret::new(bytes))
}
