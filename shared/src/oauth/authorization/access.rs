//! What is asked for, and for which APIs: `scope`, `resource` and `authorization_details`, alike at every endpoint where customers are
//! asked.

use super::{Refusal, resource, scopes};
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
    Ok(Access { scopes, resources: resource::check(registry, client, params)?, details })
}
