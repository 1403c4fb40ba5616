//! Kinds of keys, what they are for, and the algorithms that go with them.
use serde::{Deserialize, Serialize};

/// What a key is made of. The names on the wire are KMS's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum KeySpec {
    #[default]
    #[serde(rename = "SYMMETRIC_DEFAULT")]
    Symmetric,
    #[serde(rename = "RSA_2048")]
    Rsa2048,
    #[serde(rename = "RSA_3072")]
    Rsa3072,
    #[serde(rename = "RSA_4096")]
    Rsa4096,
    #[serde(rename = "ECC_NIST_P256")]
    P256,
    #[serde(rename = "ECC_NIST_P384")]
    P384,
    #[serde(rename = "ECC_NIST_P521")]
    P521,
    #[serde(rename = "ECC_NIST_EDWARDS25519")]
    Ed25519,
    #[serde(rename = "HMAC_256")]
    Hmac256,
    #[serde(rename = "HMAC_384")]
    Hmac384,
    #[serde(rename = "HMAC_512")]
    Hmac512,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum KeyUsage {
    #[default]
    #[serde(rename = "ENCRYPT_DECRYPT")]
    Encrypt,
    #[serde(rename = "SIGN_VERIFY")]
    Sign,
    #[serde(rename = "GENERATE_VERIFY_MAC")]
    Mac,
}

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum SigningAlgorithm {
    #[serde(rename = "RSASSA_PSS_SHA_256")]
    Ps256,
    #[serde(rename = "RSASSA_PSS_SHA_384")]
    Ps384,
    #[serde(rename = "RSASSA_PSS_SHA_512")]
    Ps512,
    #[serde(rename = "RSASSA_PKCS1_V1_5_SHA_256")]
    Rs256,
    #[serde(rename = "RSASSA_PKCS1_V1_5_SHA_384")]
    Rs384,
    #[serde(rename = "RSASSA_PKCS1_V1_5_SHA_512")]
    Rs512,
    #[serde(rename = "ECDSA_SHA_256")]
    Es256,
    #[serde(rename = "ECDSA_SHA_384")]
    Es384,
    #[serde(rename = "ECDSA_SHA_512")]
    Es512,
    #[serde(rename = "ED25519_SHA_512")]
    EdDsa,
}

/// How a code is made from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum MacAlgorithm {
    #[serde(rename = "HMAC_SHA_256")]
    Hs256,
    #[serde(rename = "HMAC_SHA_384")]
    Hs384,
    #[serde(rename = "HMAC_SHA_512")]
    Hs512,
}

impl KeySpec {
    /// The one use that a key of this kind has here (RSA keys only sign).
    pub(super) fn usage(self) -> KeyUsage {
        match self {
            Self::Symmetric => KeyUsage::Encrypt,
            Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => KeyUsage::Mac,
            Self::Rsa2048
            | Self::Rsa3072
            | Self::Rsa4096
            | Self::P256
            | Self::P384
            | Self::P521
            | Self::Ed25519 => KeyUsage::Sign,
        }
    }

    pub(super) fn signing_algorithms(self) -> &'static [SigningAlgorithm] {
        use SigningAlgorithm::{EdDsa, Es256, Es384, Es512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[Ps256, Ps384, Ps512, Rs256, Rs384, Rs512],
            Self::P256 => &[Es256],
            Self::P384 => &[Es384],
            Self::P521 => &[Es512],
            Self::Ed25519 => &[EdDsa],
            Self::Symmetric | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => &[],
        }
    }

    pub(super) fn mac_algorithm(self) -> Option<MacAlgorithm> {
        match self {
            Self::Hmac256 => Some(MacAlgorithm::Hs256),
            Self::Hmac384 => Some(MacAlgorithm::Hs384),
            Self::Hmac512 => Some(MacAlgorithm::Hs512),
            Self::Symmetric
            | Self::Rsa2048
            | Self::Rsa3072
            | Self::Rsa4096
            | Self::P256
            | Self::P384
            | Self::P521
            | Self::Ed25519 => None,
        }
    }
}
