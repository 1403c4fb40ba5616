//! Agreement upon a key by ECDH with an ephemeral key (RFC 7518 §4.6, RFC 8037 §3.2), and AES Key Wrap under it (§4.4).

use aws_lc_rs::agreement::{self, Algorithm, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Encryption, KeyManagement};
use crate::keys::PublicJwk;
use crate::secret::Secret;

/// What is known of the two parties beside their keys (`apu`, `apv`).
#[derive(Default)]
pub(super) struct Parties {
    pub(super) producer: Vec<u8>,
    pub(super) recipient: Vec<u8>,
}

/// `key` as the other side of an agreement: its curve and its point, exactly as long as the curve wants it, so that no other
/// encoding is ever parsed.
pub(super) fn peer(key: &PublicJwk) -> Option<UnparsedPublicKey<Vec<u8>>> {
    let (algorithm, point) = match key {
        PublicJwk::EC { crv, .. } if crv == "P-256" => (&agreement::ECDH_P256, key.point("P-256", 32)?),
        PublicJwk::EC { crv, .. } if crv == "P-384" => (&agreement::ECDH_P384, key.point("P-384", 48)?),
        PublicJwk::OKP { crv, x } if crv == "X25519" => {
            (&agreement::X25519, URL_SAFE_NO_PAD.decode(x).ok().filter(|point| point.len() == 32)?)
        }
        PublicJwk::EC { .. } | PublicJwk::OKP { .. } | PublicJwk::RSA { .. } => return None,
    };
    // Whether the point lies on its curve is found out now, not when a token has to be encrypted.
    let key = UnparsedPublicKey::new(algorithm, point);
    agreement::ParsedPublicKey::try_from(&key).is_ok().then_some(key)
}

/// The public half of `key`.
pub(super) fn public(key: &PrivateKey) -> Option<PublicJwk> {
    let point = key.compute_public_key().ok()?;
    let named = |one: &Algorithm| key.algorithm() == one;
    if named(&agreement::ECDH_P256) {
        PublicJwk::ec("P-256", point.as_ref()).ok()
    } else if named(&agreement::ECDH_P384) {
        PublicJwk::ec("P-384", point.as_ref()).ok()
    } else {
        Some(PublicJwk::OKP { crv: "X25519".to_owned(), x: URL_SAFE_NO_PAD.encode(point.as_ref()) })
    }
}

/// A fresh key to agree with `peer` by.
pub(super) fn ephemeral(peer: &PublicJwk) -> Option<PrivateKey> {
    PrivateKey::generate(self::peer(peer)?.algorithm()).ok()
}

/// The key that `mine` and `peer` agree upon: that of the content, or the one that wraps it.
pub(super) fn agree(
    mine: &PrivateKey,
    peer: &PublicJwk,
    encryption: Encryption,
    parties: &Parties,
) -> Option<Secret<Vec<u8>>> {
    let Encryption { alg, enc } = encryption;
    let (name, length) = match alg {
        KeyManagement::EcdhEs => (enc.name(), enc.key_length()),
        KeyManagement::EcdhEsA128Kw => (alg.name(), 16),
        KeyManagement::EcdhEsA256Kw => (alg.name(), 32),
        KeyManagement::RsaOaep256 => return None,
    };
    agreement::agree(mine, self::peer(peer)?, (), |shared| derive(shared, name, parties, length).ok_or(()))
        .ok()
}

/// The Concat KDF (RFC 7518 §4.6.2): NIST SP 800-56A's one-step derivation with SHA-256.
fn derive(shared: &[u8], name: &str, parties: &Parties, length: usize) -> Option<Secret<Vec<u8>>> {
    let mut info = Vec::new();
    for part in [name.as_bytes(), &parties.producer, &parties.recipient] {
        info.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        info.extend(part);
    }
    info.extend(u32::try_from(length * 8).ok()?.to_be_bytes());
    let mut key = vec![0; length];
    let algorithm = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256)?;
    sskdf_digest(algorithm, shared, &info, &mut key).ok()?;
    Some(Secret::new(key))
}

/// `key` wrapped under `wrapping`.
pub(super) fn wrap(wrapping: &Secret<Vec<u8>>, key: &Secret<Vec<u8>>) -> Option<Vec<u8>> {
    let mut wrapped = vec![0; key.expose().len() + 8];
    let length = kek(wrapping)?.wrap(key.expose(), &mut wrapped).ok()?.len();
    wrapped.truncate(length);
    Some(wrapped)
}

/// The key that is `wrapped` under `wrapping`.
pub(super) fn unwrap(wrapping: &Secret<Vec<u8>>, wrapped: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut key = vec![0; wrapped.len()];
    let length = kek(wrapping)?.unwrap(wrapped, &mut key).ok()?.len();
    key.truncate(length);
    Some(Secret::new(key))
}

fn kek(wrapping: &Secret<Vec<u8>>) -> Option<AesKek> {
    let bytes = wrapping.expose();
    let cipher = if bytes.len() == 16 { &key_wrap::AES_128 } else { &key_wrap::AES_256 };
    AesKek::new(cipher, bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7518 appendix C, seen from both sides.
    #[test]
    fn the_standard_agrees() {
        let key = |d: &str| {
            PrivateKey::from_private_key(&agreement::ECDH_P256, &URL_SAFE_NO_PAD.decode(d).unwrap()).unwrap()
        };
        let alice = key("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        let bob = key("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
        let parties = Parties { producer: b"Alice".to_vec(), recipient: b"Bob".to_vec() };
        let encryption =
            Encryption { alg: KeyManagement::EcdhEs, enc: super::super::ContentEncryption::A128Gcm };
        for (mine, theirs) in [(&alice, &bob), (&bob, &alice)] {
            let agreed = agree(mine, &public(theirs).unwrap(), encryption, &parties).unwrap();
            assert_eq!(URL_SAFE_NO_PAD.encode(agreed.expose()), "VqqN6vgjbSBcIijNcacQGg");
        }
    }

    /// The example of RFC 3394 §4.1.
    #[test]
    fn the_standard_wraps() {
        let bytes = |hex: &str| data_encoding::HEXUPPER.decode(hex.as_bytes()).unwrap();
        let wrapping = Secret::new(bytes("000102030405060708090A0B0C0D0E0F"));
        let key = Secret::new(bytes("00112233445566778899AABBCCDDEEFF"));
        let wrapped = wrap(&wrapping, &key).unwrap();
        assert_eq!(wrapped, bytes("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"));
        assert_eq!(unwrap(&wrapping, &wrapped).unwrap().expose(), key.expose());
    }
}
