//! Key pairs: made, and kept as PKCS #8 (RFC 5958).
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};

use super::spec::KeySpec;
use crate::aws::AwsError;
use crate::aws::wire::random;

/// A key pair that is ready to sign.
pub(super) enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Makes the secret of a key: bytes for a symmetric one, else a private key in PKCS #8.
pub(super) fn make_secret(spec: KeySpec) -> Result<Vec<u8>, AwsError> {
    Ok(match spec {
        KeySpec::Symmetric | KeySpec::Hmac256 => random(32)?,
        KeySpec::Hmac384 => random(48)?,
        KeySpec::Hmac512 => random(64)?,
        KeySpec::Rsa2048 => rsa(KeySize::Rsa2048)?,
        KeySpec::Rsa3072 => rsa(KeySize::Rsa3072)?,
        KeySpec::Rsa4096 => rsa(KeySize::Rsa4096)?,
        KeySpec::P256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING)?,
        KeySpec::P384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING)?,
        KeySpec::P521 => ecdsa(&ECDSA_P521_SHA512_ASN1_SIGNING)?,
        KeySpec::Ed25519 => Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref().to_vec(),
    })
}

fn rsa(size: KeySize) -> Result<Vec<u8>, AwsError> {
    let private: Pkcs8V1Der<'_> = RsaKeyPair::generate(size)?.as_der()?;
    Ok(private.as_ref().to_vec())
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Vec<u8>, AwsError> {
    Ok(EcdsaKeyPair::generate(algorithm)?.to_pkcs8v1()?.as_ref().to_vec())
}

impl Pair {
    /// Reads a key pair; symmetric kinds have none.
    pub(super) fn read(spec: KeySpec, pkcs8: &[u8]) -> Result<Self, AwsError> {
        let ecdsa = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).map(Self::Ecdsa);
        let pair = match spec {
            KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => {
                RsaKeyPair::from_pkcs8(pkcs8).map(Self::Rsa)
            }
            KeySpec::P256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING),
            KeySpec::P384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING),
            KeySpec::P521 => ecdsa(&ECDSA_P521_SHA512_ASN1_SIGNING),
            KeySpec::Ed25519 => Ed25519KeyPair::from_pkcs8(pkcs8).map(Self::Ed25519),
            KeySpec::Symmetric | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512 => {
                return Err(AwsError::Cryptography);
            }
        };
        pair.map_err(|_rejected| AwsError::Cryptography)
    }

    /// The public key as an X.509 SubjectPublicKeyInfo (RFC 5280 §4.1).
    pub(super) fn public_key(&self) -> Result<Vec<u8>, AwsError> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Rsa(pair) => pair.public_key().as_der()?,
            Self::Ecdsa(pair) => pair.public_key().as_der()?,
            Self::Ed25519(pair) => pair.public_key().as_der()?,
        };
        Ok(der.as_ref().to_vec())
    }
}
