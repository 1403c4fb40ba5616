//! HMAC with SHA-2 (RFC 7518 §3.2): how a client signs with its secret.

use aws_lc_rs::hmac;

use crate::secret::Secret;

names! {
    /// A message authentication code.
    Mac {
        /// HMAC with SHA-256.
        HS256 "HS256",
        /// HMAC with SHA-384.
        HS384 "HS384",
        /// HMAC with SHA-512.
        HS512 "HS512",
    }
}

impl Mac {
    /// Whether `code` is that of `message` under `secret` (the text's own bytes, OpenID Connect Core §10.1), in constant time.
    pub(super) fn verify(self, secret: &Secret<String>, message: &[u8], code: &[u8]) -> bool {
        let algorithm = match self {
            Self::HS256 => hmac::HMAC_SHA256,
            Self::HS384 => hmac::HMAC_SHA384,
            Self::HS512 => hmac::HMAC_SHA512,
        };
        hmac::verify(&hmac::Key::new(algorithm, secret.expose().as_bytes()), message, code).is_ok()
    }
}
