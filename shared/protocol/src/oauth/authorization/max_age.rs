//! `max_age` (Core §3.1.2.1), or the client's `default_max_age` (OpenID Connect Registration §2).

use super::Refusal;
use crate::client::Client;
use crate::http::Params;

pub(super) fn check(client: &Client, params: &Params) -> Result<Option<u64>, Refusal> {
    let Some(text) = params.get("max_age") else { return Ok(client.default_max_age) };
    let digits = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    seconds.map(Some).ok_or_else(|| Refusal::invalid("`max_age` must be a number of seconds"))
}
