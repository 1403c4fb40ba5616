//! `dpop_jkt` (RFC 9449 §10): the thumbprint of the key that the code is to be bound to.

use super::Refusal;
use crate::http::Params;

/// The length of a SHA-256 thumbprint in base64url.
const LENGTH: usize = 43;

pub(super) fn check(params: &Params) -> Result<Option<String>, Refusal> {
    let Some(jkt) = params.get("dpop_jkt") else { return Ok(None) };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if jkt.len() == LENGTH && jkt.bytes().all(plain) {
        Ok(Some(jkt.to_owned()))
    } else {
        Err(Refusal::invalid("`dpop_jkt` must be the SHA-256 thumbprint of a key (RFC 7638)"))
    }
}
