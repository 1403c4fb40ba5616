//! `scope` (RFC 6749 §3.3): unknown ones are ignored (Core §3.1.2.1), known ones must be the client's.

use super::{ErrorCode, Refusal};
use crate::client::{Client, ResponseType};
use crate::http::Params;
use crate::oauth::scope::{self, OPENID, Registry};

/// The longest list, in bytes.
const LONGEST: usize = 4096;

pub(super) fn check(registry: &Registry, client: &Client, params: &Params) -> Result<Vec<String>, Refusal> {
    let refusal = |detail: &'static str| Refusal::new(ErrorCode::InvalidScope, detail);
    let text = params.get("scope").ok_or_else(|| refusal("the parameter `scope` is missing"))?;
    let scopes = Some(text).filter(|text| text.len() <= LONGEST).and_then(scope::parse);
    let scopes =
        scopes.ok_or_else(|| refusal("`scope` must be a list of scope tokens separated by spaces"))?;
    let known: Vec<String> = scopes.into_iter().filter(|scope| registry.knows(scope)).collect();
    match known.iter().find(|scope| !client.may_ask_for(scope)) {
        Some(scope) => Err(Refusal::new(
            ErrorCode::InvalidScope,
            format!("the client may not ask for the scope `{scope}`"),
        )),
        None if known.is_empty() => Err(refusal("`scope` names no scope of this deployment")),
        None => Ok(known),
    }
}

/// An ID token is asked for by the scope as well as by the response type (Core §3.2.2.1, §3.3.2.1).
pub(super) fn check_openid(asked: ResponseType, scopes: &[String]) -> Result<(), Refusal> {
    if asked.has_id_token() && !scopes.iter().any(|scope| scope == OPENID) {
        let detail = "a `response_type` with id_token needs the scope `openid`";
        return Err(Refusal::new(ErrorCode::InvalidScope, detail));
    }
    Ok(())
}
