//! For which APIs the new token is, and what it allows (RFC 8693 §2.1, RFC 8707 §2): of what the old one allows, what the policy lets
//! through. It never widens.

use crate::client::{Client, ExchangePolicy, SubjectType, is_same_resource};
use crate::http::Params;
use crate::oauth::OAuthError;
use crate::oauth::details::Details;
use crate::oauth::scope::{self, ACCOUNT, OFFLINE_ACCESS, Registry};
use crate::oauth::tokens::AccessClaims;

/// The most APIs of a request.
const MOST: usize = 10;

/// What the new token is to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Targets {
    pub(super) audience: Vec<String>,
    pub(super) scopes: Vec<String>,
}

pub(super) fn choose(
    registry: &Registry,
    (client, policy): (&Client, &ExchangePolicy),
    subject: &AccessClaims,
    params: &Params,
) -> Result<Targets, OAuthError> {
    // The account API says whose account it is, which a client with names of its own must not learn.
    let told = |scope: &str| scope != ACCOUNT || client.subject_type == SubjectType::Public;
    let most = |scope: &&str| {
        policy.scopes.iter().any(|one| one == scope) && *scope != OFFLINE_ACCESS && told(scope)
    };
    let most: Vec<String> = subject.scope.split(' ').filter(most).map(str::to_owned).collect();
    let asked = match params.get("scope") {
        None => most,
        Some(text) => {
            let asked = scope::parse(text).unwrap_or_default();
            if asked.is_empty() || !asked.iter().all(|scope| most.contains(scope)) {
                let detail =
                    "`scope` asks for more than the `subject_token` allows and the client may exchange";
                return Err(OAuthError::InvalidScope(detail.into()));
            }
            asked
        }
    };
    let audience = audience(registry, policy, (params, &asked))?;
    // An API that nothing is granted at would only learn who the customer is.
    let served = registry.audience(&asked, &Details::default());
    if asked.is_empty() || !audience.iter().all(|api| served.contains(api)) {
        let detail = "the `subject_token` allows nothing at one of these APIs that the client may exchange";
        return Err(OAuthError::InvalidTarget(detail.into()));
    }
    let belongs = |scope: &String| {
        registry.resource_of(scope).is_some_and(|resource| audience.iter().any(|one| one == resource))
    };
    let scopes = asked.into_iter().filter(belongs).collect();
    Ok(Targets { audience, scopes })
}

/// The APIs of `audience` and `resource`; those of the scopes where the request names none.
fn audience(
    registry: &Registry,
    policy: &ExchangePolicy,
    (params, asked): (&Params, &[String]),
) -> Result<Vec<String>, OAuthError> {
    let allowed = |api: &str| policy.audiences.iter().any(|one| is_same_resource(one, api));
    let mut named: Vec<String> = Vec::new();
    for asked in params.all("audience").chain(params.all("resource")) {
        let known = registry.identifier_of(asked).filter(|api| allowed(api) && named.len() < MOST);
        let Some(api) = known else {
            return Err(OAuthError::InvalidTarget(
                "the client may not exchange tokens for one of these APIs".into(),
            ));
        };
        if !named.iter().any(|one| one == api) {
            named.push(api.to_owned());
        }
    }
    if named.is_empty() && !asked.is_empty() {
        named =
            registry.audience(asked, &Details::default()).into_iter().filter(|api| allowed(api)).collect();
    }
    if named.is_empty() {
        Err(OAuthError::InvalidTarget("name the API as `audience`".into()))
    } else {
        Ok(named)
    }
}
