//! The signature algorithms of our tokens (RFC 7518 §3.1, RFC 8037 §3.1).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signature algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[default]
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: what OpenID Connect Core §15.1 requires of everybody.
    RS256,
    /// Ed25519.
    EdDSA,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// RSASSA-PSS with SHA-256.
    PS256,
}

impl Algorithm {
    /// Every algorithm that we sign with.
    pub const ALL: [Self; 5] = [Self::ES256, Self::RS256, Self::EdDSA, Self::ES384, Self::PS256];

    /// Its name in JOSE headers and metadata.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::EdDSA => "EdDSA",
            Self::ES384 => "ES384",
            Self::PS256 => "PS256",
        }
    }

    /// The algorithm of this name, if we sign with it.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The algorithm that others mean by this name when they sign: newer software calls `EdDSA` by its curve, `Ed25519`
    /// (RFC 9864 §2.2).
    #[must_use]
    pub fn find_theirs(name: &str) -> Option<Self> {
        if name == "Ed25519" { Some(Self::EdDSA) } else { Self::find(name) }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
