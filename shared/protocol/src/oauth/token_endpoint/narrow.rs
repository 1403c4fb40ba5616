//! Less than was granted: `scope` (RFC 6749 §6), `resource` (RFC 8707 §2.2) and `authorization_details` (RFC 9396 §6) of a token request.

use crate::client::is_same_resource;
use crate::http::Params;
use crate::oauth::OAuthError;
use crate::oauth::details::Details;
use crate::oauth::grants::Terms;
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
    /// What it allows in detail at them.
    pub(in crate::oauth) details: Details,
}

/// What was granted.
#[derive(Clone, Copy)]
pub(super) struct Granted<'a> {
    pub(super) scopes: &'a [String],
    /// For which APIs; those of the scopes and details where empty.
    pub(super) resources: &'a [String],
    pub(super) details: &'a Details,
}

impl<'a> From<&'a Terms> for Granted<'a> {
    fn from(terms: &'a Terms) -> Self {
        let Terms { scopes, resources, details, .. } = terms;
        Self { scopes, resources, details }
    }
}

/// Narrows what was granted to what `params` ask for.
pub(super) fn narrow(
    registry: &Registry,
    granted: Granted<'_>,
    params: &Params,
) -> Result<Narrowed, OAuthError> {
    let Granted { scopes, resources, details } = granted;
    let details = details.narrowed_to(registry, params.get("authorization_details"))?;
    let asked = match params.get("scope") {
        None => scopes.to_vec(),
        Some(text) => {
            let asked = scope::parse(text).unwrap_or_default();
            if asked.is_empty() || !asked.iter().all(|scope| scopes.contains(scope)) {
                return Err(OAuthError::InvalidScope(
                    "`scope` asks for more than the client may have here".into(),
                ));
            }
            asked
        }
    };
    let possible =
        if resources.is_empty() { registry.audience(scopes, granted.details) } else { resources.to_vec() };
    let named = named(params, &possible)?;
    let is_named = !named.is_empty();
    let mut chosen = if is_named { named } else { resources.to_vec() };
    // An API that nothing is left of has no part in the token: it would only learn who the customer is.
    let served = registry.audience(&asked, &details);
    let granted = chosen.len();
    chosen.retain(|resource| served.contains(resource));
    if chosen.len() < granted && (chosen.is_empty() || is_named) {
        let detail = "nothing of what is asked for belongs to a `resource`";
        return Err(OAuthError::InvalidTarget(detail.into()));
    }
    Ok(of(registry, (asked, details), &chosen))
}

/// All that was granted.
pub(in crate::oauth) fn whole(registry: &Registry, terms: &Terms) -> Narrowed {
    of(registry, (terms.scopes.clone(), terms.details.clone()), &terms.resources)
}

/// What of `asked` and `details` belongs to `chosen`; where no API is chosen, all of it for theirs.
fn of(registry: &Registry, (asked, details): (Vec<String>, Details), chosen: &[String]) -> Narrowed {
    if chosen.is_empty() {
        let audience = registry.audience(&asked, &details);
        return Narrowed { audience, scopes: asked.clone(), asked, details };
    }
    let belongs = |scope: &&String| {
        registry.resource_of(scope).is_some_and(|resource| chosen.iter().any(|one| one == resource))
    };
    let scopes = asked.iter().filter(belongs).cloned().collect();
    let details = details.of_resources(registry, chosen);
    Narrowed { scopes, audience: chosen.to_vec(), asked, details }
}

fn named(params: &Params, granted: &[String]) -> Result<Vec<String>, OAuthError> {
    let mut named: Vec<String> = Vec::new();
    for asked in params.all("resource") {
        let known = granted.iter().find(|one| is_same_resource(one, asked));
        let Some(resource) = known.filter(|_| named.len() < MOST) else {
            return Err(OAuthError::InvalidTarget(
                "a `resource` is not among those that were granted".into(),
            ));
        };
        if !named.contains(resource) {
            named.push(resource.clone());
        }
    }
    Ok(named)
}
