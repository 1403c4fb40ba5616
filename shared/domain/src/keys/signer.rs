//! The private half of a signing key: made, sealed, and opened once to sign many tokens.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};

use super::{Algorithm, KeyError, PublicJwk};
use crate::secret::Secret;

/// A parsed private key.
pub(super) enum Signer {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    /// A fresh key for `algorithm`, as PKCS#8 and in public.
    pub(super) fn generate(algorithm: Algorithm) -> Result<(Secret<Vec<u8>>, PublicJwk), KeyError> {
        let made = match algorithm {
            Algorithm::ES256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")?,
            Algorithm::ES384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")?,
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::generate().map_err(damaged)?;
                let pkcs8 = pair.to_pkcs8().map_err(damaged)?;
                (pkcs8.as_ref().to_vec(), PublicJwk::ed25519(pair.public_key().as_ref()))
            }
            Algorithm::RS256 | Algorithm::PS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(damaged)?;
                let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(damaged)?;
                let public = pair.public_key();
                let jwk = PublicJwk::rsa(
                    public.exponent().big_endian_without_leading_zero(),
                    public.modulus().big_endian_without_leading_zero(),
                );
                (pkcs8.as_ref().to_vec(), jwk)
            }
        };
        Ok((Secret::new(made.0), made.1))
    }

    /// The key for `algorithm` that rests as `pkcs8`.
    pub(super) fn parse(algorithm: Algorithm, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyError> {
        let bytes = pkcs8.expose();
        match algorithm {
            Algorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map(Self::Ecdsa)
            }
            Algorithm::ES384 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, bytes).map(Self::Ecdsa)
            }
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(bytes).map(Self::Ed25519),
            Algorithm::RS256 => RsaKeyPair::from_pkcs8(bytes).map(|pair| Self::Rsa(pair, &RSA_PKCS1_SHA256)),
            Algorithm::PS256 => RsaKeyPair::from_pkcs8(bytes).map(|pair| Self::Rsa(pair, &RSA_PSS_SHA256)),
        }
        .map_err(damaged)
    }

    /// Signs `message`; the signature is as JOSE wants it (RFC 7518 §3.4: `r || s`).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair) => {
                pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()).map_err(damaged)
            }
            Self::Ed25519(pair) => {
                pair.try_sign(message).map(|signature| signature.as_ref().to_vec()).map_err(damaged)
            }
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).map_err(damaged)?;
                Ok(signature)
            }
        }
    }
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, crv: &str) -> Result<(Vec<u8>, PublicJwk), KeyError> {
    let pair = EcdsaKeyPair::generate(algorithm).map_err(damaged)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(damaged)?;
    Ok((pkcs8.as_ref().to_vec(), PublicJwk::ec(crv, pair.public_key().as_ref())?))
}

fn damaged<E>(_: E) -> KeyError {
    KeyError::Damaged("signing")
}
