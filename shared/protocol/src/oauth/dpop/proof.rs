//! A proof: read, and held against the request that it came with (RFC 9449 §4.2, §4.3). All of it is pure and bounded.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{DpopError, endpoint};
use crate::clock::Timestamp;
use crate::keys::Algorithm;
use crate::keys::jws::{Jws, JwsError};

/// The longest proof that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;
/// So far the client's clock may differ, and so old a proof may be.
pub(super) const WINDOW: Duration = Duration::from_secs(60);
#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

/// A proof whose signature is that of the key in it.
#[derive(Debug)]
pub(super) struct Proof {
    /// The thumbprint of its key (RFC 7638).
    pub(super) jkt: String,
    pub(super) jti: String,
    pub(super) nonce: Option<String>,
    htm: String,
    htu: String,
    iat: f64,
    ath: Option<String>,
}

/// The request that a proof must have been made for.
pub(super) struct Expected<'a> {
    pub(super) method: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) now: Timestamp,
    /// The access token that it comes with.
    pub(super) token: Option<&'a str>,
}

impl Proof {
    /// Reads a proof, and checks it by the key that it brings and one of the `allowed` algorithms (RFC 9449 §4.3, 2 to 7).
    pub(super) fn parse(text: &str, allowed: &[Algorithm]) -> Result<Self, DpopError> {
        let jws = Jws::parse(text, LONGEST).map_err(of_jws)?;
        if !jws.is_typ("dpop+jwt") {
            return Err(DpopError::Invalid("its `typ` must be dpop+jwt"));
        }
        let unknown = |_| DpopError::Invalid("its `jwk` is not a public key that is known here");
        let key = jws.embedded_key().map_err(unknown)?;
        let claims: Claims = jws.verify_with(&key, allowed).map_err(of_jws)?;
        if claims.jti.is_empty() || claims.jti.len() > LONGEST_JTI {
            return Err(DpopError::Invalid("its `jti` must have 1 to 256 bytes"));
        }
        let Claims { jti, htm, htu, iat, ath, nonce } = claims;
        Ok(Self { jkt: key.thumbprint(), jti, nonce, htm, htu, iat, ath })
    }

    /// Whether it is for `endpoint`, an address of ours.
    pub(super) fn is_for(&self, endpoint: &str) -> bool {
        endpoint::is_same(&self.htu, endpoint)
    }

    /// Whether it was made for this request, a moment ago (RFC 9449 §4.3, 8, 9, 11 and 12).
    pub(super) fn check(&self, expected: &Expected<'_>) -> Result<(), DpopError> {
        if self.htm != expected.method {
            return Err(DpopError::Invalid("its `htm` is not the method of the request"));
        }
        if !self.is_for(expected.endpoint) {
            return Err(DpopError::Invalid("its `htu` is not the address of the request"));
        }
        if !self.is_timely(expected.now) {
            return Err(DpopError::Invalid("its `iat` is not of this minute"));
        }
        match expected.token {
            Some(token) if self.ath.as_deref() != Some(hash(token).as_str()) => {
                Err(DpopError::Invalid("its `ath` is not the hash of the access token"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn is_timely(&self, now: Timestamp) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "seconds of our times are far below 2^53")]
        let age = now.0 as f64 - self.iat;
        age.abs() <= WINDOW.as_secs_f64()
    }
}

fn of_jws(error: JwsError) -> DpopError {
    DpopError::Invalid(match error {
        JwsError::TooLong => "it is too long",
        JwsError::Malformed => "it must be one signed JWT",
        JwsError::Critical => "it has a `crit` header, and no extension is known here",
        JwsError::Algorithm => "its `alg` is not one that this server takes of the client",
        JwsError::Signature => "its signature is not that of its `jwk`",
        JwsError::Claims => "it must have `jti`, `htm`, `htu` and `iat`",
    })
}

/// `ath`: SHA-256 of the token (RFC 9449 §4.2).
fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}
