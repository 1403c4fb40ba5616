//! The content of a JWE (RFC 7518 §5): encrypted and authenticated together with the header.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::ContentEncryption;
use crate::secret::constant_time_eq;

/// The length of the tag of AES-GCM.
const GCM_TAG: usize = 16;

/// An encrypted content. Everything in it is authenticated, and so is what goes with it, `aad`.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl ContentEncryption {
    /// The length of its key, in bytes.
    pub(super) const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm | Self::A128CbcHs256 => 32,
            Self::A256CbcHs512 => 64,
        }
    }

    /// The length of its initialization vector, in bytes.
    pub(super) const fn iv_length(self) -> usize {
        match self {
            Self::A128Gcm | Self::A256Gcm => 12,
            Self::A128CbcHs256 | Self::A256CbcHs512 => 16,
        }
    }

    /// Encrypts `plaintext`. `None` where key or `iv` have a wrong length.
    pub(super) fn seal(self, key: &[u8], iv: Vec<u8>, aad: &[u8], plaintext: &[u8]) -> Option<Sealed> {
        match self {
            Self::A128Gcm => seal_gcm(&AES_128_GCM, key, iv, aad, plaintext),
            Self::A256Gcm => seal_gcm(&AES_256_GCM, key, iv, aad, plaintext),
            Self::A128CbcHs256 | Self::A256CbcHs512 => self.seal_cbc(key, iv, aad, plaintext),
        }
    }

    /// Decrypts what [`Self::seal`] made; `None` for anything else, whatever is wrong with it.
    pub(super) fn open(self, key: &[u8], sealed: &Sealed, aad: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::A128Gcm => open_gcm(&AES_128_GCM, key, sealed, aad),
            Self::A256Gcm => open_gcm(&AES_256_GCM, key, sealed, aad),
            Self::A128CbcHs256 | Self::A256CbcHs512 => self.open_cbc(key, sealed, aad),
        }
    }

    fn seal_cbc(self, key: &[u8], iv: Vec<u8>, aad: &[u8], plaintext: &[u8]) -> Option<Sealed> {
        let (mac_key, key) = self.split(key)?;
        let context = EncryptionContext::Iv128(FixedLength::from(<[u8; 16]>::try_from(iv.as_slice()).ok()?));
        let mut ciphertext = plaintext.to_vec();
        let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(self.cipher(key)?).ok()?;
        cipher.less_safe_encrypt(&mut ciphertext, context).ok()?;
        let tag = self.tag(mac_key, &[aad, &iv, &ciphertext])?;
        Some(Sealed { iv, ciphertext, tag })
    }

    /// The tag is compared, in constant time, before anything is decrypted: there is no padding to ask about (RFC 7518 §5.2.2.2).
    fn open_cbc(self, key: &[u8], sealed: &Sealed, aad: &[u8]) -> Option<Vec<u8>> {
        let (mac_key, key) = self.split(key)?;
        let iv = <[u8; 16]>::try_from(sealed.iv.as_slice()).ok()?;
        let tag = self.tag(mac_key, &[aad, &sealed.iv, &sealed.ciphertext])?;
        if !constant_time_eq(&tag, &sealed.tag) {
            return None;
        }
        let mut plaintext = sealed.ciphertext.clone();
        let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(self.cipher(key)?).ok()?;
        let opened =
            cipher.decrypt(&mut plaintext, DecryptionContext::Iv128(FixedLength::from(iv))).ok()?.len();
        plaintext.truncate(opened);
        Some(plaintext)
    }

    /// The half that authenticates and the half that encrypts.
    fn split(self, key: &[u8]) -> Option<(&[u8], &[u8])> {
        (key.len() == self.key_length()).then(|| key.split_at(key.len() / 2))
    }

    fn cipher(self, key: &[u8]) -> Option<UnboundCipherKey> {
        let cipher = if self.key_length() == 64 { &AES_256 } else { &AES_128 };
        UnboundCipherKey::new(cipher, key).ok()
    }

    /// The first half of the code over associated data, vector, ciphertext, and the length of the first in bits.
    fn tag(self, key: &[u8], [aad, iv, ciphertext]: &[&[u8]; 3]) -> Option<Vec<u8>> {
        let algorithm = if self.key_length() == 64 { hmac::HMAC_SHA512 } else { hmac::HMAC_SHA256 };
        let mut code = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
        let bits = u64::try_from(aad.len()).ok()?.checked_mul(8)?.to_be_bytes();
        for part in [aad, iv, ciphertext, bits.as_slice()] {
            code.update(part);
        }
        let code = code.sign();
        let (tag, _) = code.as_ref().split_at(code.as_ref().len() / 2);
        Some(tag.to_vec())
    }
}

fn gcm(algorithm: &'static Algorithm, key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new)
}

fn seal_gcm(
    algorithm: &'static Algorithm,
    key: &[u8],
    iv: Vec<u8>,
    aad: &[u8],
    plaintext: &[u8],
) -> Option<Sealed> {
    let nonce = Nonce::try_assume_unique_for_key(&iv).ok()?;
    let mut ciphertext = plaintext.to_vec();
    let tag = gcm(algorithm, key)?.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut ciphertext).ok()?;
    Some(Sealed { iv, ciphertext, tag: tag.as_ref().to_vec() })
}

fn open_gcm(algorithm: &'static Algorithm, key: &[u8], sealed: &Sealed, aad: &[u8]) -> Option<Vec<u8>> {
    // A tag of another length would move the border between ciphertext and tag.
    if sealed.tag.len() != GCM_TAG {
        return None;
    }
    let nonce = Nonce::try_assume_unique_for_key(&sealed.iv).ok()?;
    let mut bytes = [sealed.ciphertext.as_slice(), &sealed.tag].concat();
    let plaintext = gcm(algorithm, key)?.open_in_place(nonce, Aad::from(aad), &mut bytes).ok()?;
    Some(plaintext.to_vec())
}
