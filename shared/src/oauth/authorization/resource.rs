//! `resource` (RFC 8707 §2): APIs that the tokens are to be for, each one that we know.

use super::{ErrorCode, Refusal};
use crate::http::Params;
use crate::oauth::scope::Registry;

/// The most resources of a request.
const MOST: usize = 10;

pub(in crate::oauth) fn check(
    registry: &Registry,
    issuer: &str,
    params: &Params,
) -> Result<Vec<String>, Refusal> {
    let mut resources: Vec<String> = Vec::new();
    for asked in params.all("resource") {
        if asked != issuer && registry.resource(asked).is_none() {
            return Err(Refusal::new(ErrorCode::InvalidTarget, "a `resource` is not known here"));
        }
        if resources.len() == MOST {
            return Err(Refusal::new(ErrorCode::InvalidTarget, "there are too many `resource` parameters"));
        }
        if !resources.iter().any(|known| known == asked) {
            resources.push(asked.to_owned());
        }
    }
    Ok(resources)
}
