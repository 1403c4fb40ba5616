//! Less than was granted: `scope` (RFC 6749 §6) and `resource` (RFC 8707 §2.2) of a token request.

use crate::http::Params;
use crate::oauth::OAuthError;
use crate::oauth::scope::{self, Registry};

/// The most resources of a request.
const MOST: usize = 10;

/// What the tokens are to say.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::oauth) struct Narrowed {
    /// The scopes that the request leaves, for whatever API.
    pub(in crate::oauth) asked: Vec<String>,
    /// Those of them that belong to the APIs that the access token is for.
    pub(in crate::oauth) scopes: Vec<String>,
    /// The APIs that the access token is for.
    pub(in crate::oauth) audience: Vec<String>,
}

/// Narrows the granted scopes and resources to what `params` ask for.
pub(super) fn narrow(
    registry: &Registry,
    (scopes, resources): (&[String], &[String]),
    params: &Params,
) -> Result<Narrowed, OAuthError> {
    let asked = match params.get("scope") {
        None => scopes.to_vec(),
        Some(text) => {
            let asked = scope::parse(text).unwrap_or_default();
            if asked.is_empty() || !asked.iter().all(|scope| scopes.contains(scope)) {
                return Err(OAuthError::InvalidScope("`scope` asks for more than was granted".into()));
            }
            asked
        }
    };
    let granted = if resources.is_empty() { registry.audience(scopes) } else { resources.to_vec() };
    let named = named(params, &granted)?;
    Ok(of(registry, asked, if named.is_empty() { resources } else { &named }))
}

/// All that was granted.
pub(in crate::oauth) fn whole(registry: &Registry, (scopes, resources): (&[String], &[String])) -> Narrowed {
    of(registry, scopes.to_vec(), resources)
}

/// The scopes of `asked` that belong to `chosen`; where no API is chosen, all of them for theirs.
fn of(registry: &Registry, asked: Vec<String>, chosen: &[String]) -> Narrowed {
    if chosen.is_empty() {
        return Narrowed { audience: registry.audience(&asked), scopes: asked.clone(), asked };
    }
    let belongs = |scope: &&String| {
        registry.resource_of(scope).is_some_and(|resource| chosen.iter().any(|one| one == resource))
    };
    let scopes = asked.iter().filter(belongs).cloned().collect();
    Narrowed { scopes, audience: chosen.to_vec(), asked }
}

fn named(params: &Params, granted: &[String]) -> Result<Vec<String>, OAuthError> {
    let mut named: Vec<String> = Vec::new();
    for resource in params.all("resource") {
        if !granted.iter().any(|one| one == resource) || named.len() == MOST {
            return Err(OAuthError::InvalidTarget(
                "a `resource` is not among those that were granted".into(),
            ));
        }
        if !named.iter().any(|one| one == resource) {
            named.push(resource.to_owned());
        }
    }
    Ok(named)
}
