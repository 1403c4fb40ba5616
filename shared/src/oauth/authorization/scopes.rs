//! `scope` (RFC 6749 §3.3): unknown ones are ignored (Core §3.1.2.1), known ones must be the client's.

use super::{ErrorCode, Refusal};
use crate::client::Client;
use crate::http::Params;
use crate::oauth::scope::{self, Registry};

/// The longest list, in bytes.
const LONGEST: usize = 4096;

pub(in crate::oauth) fn check(
    registry: &Registry,
    client: &Client,
    params: &Params,
) -> Result<Vec<String>, Refusal> {
    let refusal = |detail: &'static str| Refusal::new(ErrorCode::InvalidScope, detail);
    let text = params.get("scope").ok_or_else(|| refusal("the parameter `scope` is missing"))?;
    let asked = Some(text).filter(|text| text.len() <= LONGEST).and_then(scope::parse);
    let asked = asked.ok_or_else(|| refusal("`scope` must be a list of scope tokens separated by spaces"))?;
    let known: Vec<String> = asked.into_iter().filter(|scope| registry.knows(scope)).collect();
    match known.iter().find(|scope| !client.may_ask_for(scope)) {
        Some(scope) => Err(Refusal::new(
            ErrorCode::InvalidScope,
            format!("the client may not ask for the scope `{scope}`"),
        )),
        None if known.is_empty() => Err(refusal("`scope` names no scope of this deployment")),
        None => Ok(known),
    }
}
