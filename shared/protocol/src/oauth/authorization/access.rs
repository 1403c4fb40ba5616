//! What is asked for, and for which APIs: `scope`, `resource` and `authorization_details`, alike at every endpoint where customers are
//! asked.

use super::{ErrorCode, Refusal, resource, scopes};
use crate::client::Client;
use crate::http::Params;
use crate::oauth::details::{self, Details};
use crate::oauth::scope::Registry;

/// What a client asks for.
pub(in crate::oauth) struct Access {
    pub(in crate::oauth) scopes: Vec<String>,
    pub(in crate::oauth) resources: Vec<String>,
    pub(in crate::oauth) details: Details,
}

/// What `client` asks for with `params`: details alone are something as well (RFC 9396 §3.1).
pub(in crate::oauth) fn check(
    registry: &Registry,
    client: &Client,
    params: &Params,
) -> Result<Access, Refusal> {
    let details = details::check(registry, client, params.get("authorization_details"))?;
    let scopes = match params.get("scope") {
        None if !details.is_empty() => Vec::new(),
        Some(_) | None => scopes::check(registry, client, params)?,
    };
    let resources = resource::check(registry, client, params)?;
    // A token for an API that nobody asked anything of would still tell it who the customer is, and they would not know.
    let served = registry.audience(&scopes, &details);
    if !resources.iter().all(|resource| served.contains(resource)) {
        let detail = "a `resource` has no scope or detail in the request";
        return Err(Refusal::new(ErrorCode::InvalidTarget, detail));
    }
    Ok(Access { scopes, resources, details })
}
