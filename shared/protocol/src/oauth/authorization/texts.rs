//! The parameters that are kept as they are: bounded, and without characters that have no place in them.

use super::Refusal;
use crate::client::{Client, ResponseType};
use crate::http::Params;

/// The longest `state`, in bytes: it travels in a header.
const STATE: usize = 4096;
/// The longest `nonce`, in bytes.
const NONCE: usize = 1024;
/// The longest hint of who signs in, in bytes.
const LOGIN_HINT: usize = 320;
/// The longest list of languages, in bytes.
const LOCALES: usize = 256;
/// The most values of `acr_values`.
const ACR_VALUES: usize = 10;
/// The longest of them, in bytes.
const ACR_VALUE: usize = 256;

/// `state`. An oversized one is refused without being returned.
pub(super) fn state(params: &Params) -> Result<Option<String>, Refusal> {
    bounded(params, "state", STATE)
}

/// `nonce`: without one nobody could tell that an ID token from the browser was played back (Core §3.2.2.1, §3.3.2.11).
pub(super) fn nonce(asked: ResponseType, params: &Params) -> Result<Option<String>, Refusal> {
    match bounded(params, "nonce", NONCE)? {
        None if asked.has_id_token() => Err(Refusal::invalid(
            "the parameter `nonce` is missing: an ID token in the front channel needs it",
        )),
        nonce => Ok(nonce),
    }
}

/// A hint helps or does not: one that cannot be an identifier is dropped.
pub(super) fn login_hint(params: &Params) -> Option<String> {
    let hint = params.get("login_hint")?.trim();
    let sound = !hint.is_empty() && hint.len() <= LOGIN_HINT && !hint.chars().any(char::is_control);
    sound.then(|| hint.to_owned())
}

/// A preference (Core §3.1.2.1): what is not a list of language tags is dropped.
pub(super) fn ui_locales(params: &Params) -> Option<String> {
    let locales = params.get("ui_locales")?;
    let tag = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ' | b'*');
    (locales.len() <= LOCALES && locales.bytes().all(tag)).then(|| locales.to_owned())
}

/// `acr_values`, or the client's `default_acr_values`.
pub(super) fn acr_values(client: &Client, params: &Params) -> Result<Vec<String>, Refusal> {
    let Some(text) = params.get("acr_values") else { return Ok(client.default_acr_values.clone()) };
    let values: Vec<String> = text.split(' ').filter(|value| !value.is_empty()).map(str::to_owned).collect();
    let sound = values.len() <= ACR_VALUES && values.iter().all(|value| value.len() <= ACR_VALUE);
    if sound { Ok(values) } else { Err(Refusal::invalid("`acr_values` is too long")) }
}

fn bounded(params: &Params, name: &'static str, longest: usize) -> Result<Option<String>, Refusal> {
    match params.get(name) {
        Some(text) if text.len() > longest => {
            Err(Refusal::invalid(format!("`{name}` is longer than {longest} bytes")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}
