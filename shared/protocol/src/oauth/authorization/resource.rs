//! `resource` (RFC 8707 §2): APIs that the tokens are to be for, each one that we know and that the client has to do with.

use super::{ErrorCode, Refusal};
use crate::client::Client;
use crate::http::Params;
use crate::oauth::scope::Registry;

/// The most resources of a request.
const MOST: usize = 10;

pub(super) fn check(registry: &Registry, client: &Client, params: &Params) -> Result<Vec<String>, Refusal> {
    let refused = |detail: &'static str| Err(Refusal::new(ErrorCode::InvalidTarget, detail));
    let mut resources: Vec<String> = Vec::new();
    for asked in params.all("resource") {
        let concerns = |known: &&str| {
            registry.has_to_do_with(known, &client.scopes, &client.authorization_details_types)
        };
        let Some(resource) = registry.identifier_of(asked).filter(concerns) else {
            return refused("a `resource` is not known here, or the client may ask for none of its scopes");
        };
        if resources.len() == MOST {
            return refused("there are too many `resource` parameters");
        }
        if !resources.iter().any(|known| known == resource) {
            resources.push(resource.to_owned());
        }
    }
    Ok(resources)
}
