//! PKCE (RFC 7636, RFC 9700 §2.1.1): S256 alone; required of public clients, and of others unless their setting lifts it.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Refusal;
use crate::client::{Client, ResponseType};
use crate::http::Params;
use crate::secret::constant_time_eq;

/// The challenge, if there is one. A response without a code has no use for it.
pub(super) fn check(
    asked: ResponseType,
    client: &Client,
    params: &Params,
) -> Result<Option<String>, Refusal> {
    let Some(challenge) = params.get("code_challenge") else {
        if params.get("code_challenge_method").is_some() {
            return Err(Refusal::invalid("`code_challenge_method` without `code_challenge`"));
        }
        if asked.has_code() && client.must_use_pkce() {
            return Err(Refusal::invalid(
                "the parameter `code_challenge` is missing: this client must use PKCE",
            ));
        }
        return Ok(None);
    };
    // Without a method RFC 7636 §4.3 means `plain`, which protects against nobody who reads the request.
    if params.get("code_challenge_method") != Some("S256") {
        return Err(Refusal::invalid("`code_challenge_method` must be S256"));
    }
    let is_hash =
        challenge.len() == 43 && URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|hash| hash.len() == 32);
    if !is_hash {
        return Err(Refusal::invalid("`code_challenge` must be the base64url of a SHA-256 hash"));
    }
    Ok(Some(challenge.to_owned()))
}

/// Whether `verifier` is the one that `challenge` was made of (RFC 7636 §4.6).
pub(in crate::oauth) fn verifier_matches(challenge: &str, verifier: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let sound = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    sound && constant_time_eq(hash.as_bytes(), challenge.as_bytes())
}
