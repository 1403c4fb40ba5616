//! The customer's profile: shown, and changed by merge patch (RFC 7396).

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::flow::Wrong;
use crate::hook::Cause;
use crate::http::{Problem, Request, RequestContext};
use crate::identity::{self, User};
use crate::page::{Fault, FieldError};
use crate::store::{self, Stored};

/// The profile as the API shows it: the claims of OpenID Connect Core §5.1, the identifiers, and what the deployment keeps beside.
///
/// # Errors
/// A fault of ours, when it cannot be written as JSON.
pub fn profile_json(user: &User) -> Result<Value, Problem> {
    let mut profile = serde_json::to_value(&user.profile).map_err(Problem::internal)?;
    let identifiers = user
        .identifiers
        .iter()
        .map(|own| json!({ "kind": own.kind, "value": own.value, "verified": own.verified_at.is_some() }));
    profile["sub"] = json!(user.id);
    profile["identifiers"] = identifiers.collect();
    profile["attributes"] = json!(user.attributes);
    profile["created_at"] = json!(user.created_at.rfc3339());
    profile["updated_at"] = json!(user.updated_at.rfc3339());
    Ok(profile)
}

/// The entity tag of an account.
#[must_use]
pub fn etag(user: &Stored<User>) -> String {
    format!("\"{}\"", user.rev)
}

/// Refuses a change that was made for another revision than the present one (RFC 9110 §13.1.1).
///
/// # Errors
/// 412.
pub fn check_unchanged(request: &Request, user: &Stored<User>) -> Result<(), Problem> {
    let Some(wanted) = request.header(header::IF_MATCH) else { return Ok(()) };
    let present = etag(user);
    if wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == present) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "changed_meanwhile",
        "the profile was changed; load it again",
    ))
}

/// Merges `patch` into the profile and writes it.
///
/// # Errors
/// When the store does not answer. What is wrong with the patch is the inner error.
pub async fn change_profile(
    app: &App,
    user: &mut Stored<User>,
    patch: &Map<String, Value>,
    context: &RequestContext,
) -> Result<Result<(), Wrong>, Problem> {
    let changed = match user.profile.merge(patch) {
        Ok(changed) if changed.is_empty() => return Ok(Ok(())),
        Ok(changed) => changed,
        Err(errors) => return Ok(Err(Wrong::typed(errors))),
    };
    let cause = Cause::user(&user.id.clone(), context);
    let writes = identity::update_writes(app, user, &changed, &cause);
    match store::transact(app, writes).await {
        Ok(()) => {
            user.rev += 1;
            Ok(Ok(()))
        }
        Err(error) if error.is_refused() => Ok(Err(Wrong::conflict(FieldError::general(Fault::Unavailable)))),
        Err(error) => Err(error.into()),
    }
}
