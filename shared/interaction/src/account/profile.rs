//! The customer's profile: shown, and changed by merge patch (RFC 7396).

use serde_json::{Map, Value, json};

use super::AccountError;
use crate::app::App;
use crate::hook::Cause;
use crate::identity::{self, User};
use crate::page::{Fault, FieldError};
use crate::store::{self, Stored};

/// The most members that a patch may have: more than there are.
const MEMBERS: usize = 50;

/// The profile as the API shows it: the claims of OpenID Connect Core §5.1 that the customer sets, and the identifiers. What the
/// deployment keeps beside them is its own affair.
#[must_use]
pub fn profile_json(user: &User) -> Value {
    let mut profile = json!(user.profile);
    let identifiers = user
        .identifiers
        .iter()
        .map(|own| json!({ "kind": own.kind, "value": own.value, "verified": own.verified_at.is_some() }));
    profile["sub"] = json!(user.id);
    profile["identifiers"] = identifiers.collect();
    profile["created_at"] = json!(user.created_at.rfc3339());
    profile["updated_at"] = json!(user.updated_at.rfc3339());
    profile
}

/// The entity tag of an account.
#[must_use]
pub fn entity_tag(user: &Stored<User>) -> String {
    format!("\"{}\"", user.rev)
}

/// A change of a profile.
pub struct Change<'a> {
    /// What is to change.
    pub patch: &'a Map<String, Value>,
    /// For which revisions it was made (`If-Match`, RFC 9110 §13.1.1); none for any.
    pub if_match: Option<&'a str>,
}

impl Change<'_> {
    fn check(&self) -> Result<(), AccountError> {
        if self.patch.len() <= MEMBERS {
            return Ok(());
        }
        Err(AccountError::Fields(vec![FieldError::general(Fault::RequestTooLarge)]))
    }

    pub(super) fn is_for(&self, user: &Stored<User>) -> bool {
        let present = entity_tag(user);
        self.if_match
            .is_none_or(|tags| tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == present))
    }
}

/// Merges a patch into the profile of `user`, and returns the account as it is then. A change that loses a race is made once more
/// on what the other left.
///
/// # Errors
/// What is wrong with the patch, or that the account is not as it was when the patch was made.
pub async fn change_profile(
    app: &App,
    mut user: Stored<User>,
    change: &Change<'_>,
    cause: &Cause<'_>,
) -> Result<Stored<User>, AccountError> {
    const TRIES: usize = 2;
    change.check()?;
    // An act of the customer may have ended what the caller came with.
    let epoch = user.epoch;
    for _ in 0..TRIES {
        if !change.is_for(&user) {
            return Err(AccountError::Stale);
        }
        let changed = user.profile.merge(change.patch).map_err(AccountError::Fields)?;
        if changed.is_empty() {
            return Ok(user);
        }
        let id = user.id.clone();
        match store::transact(app, identity::update_writes(app, &mut user, &changed, cause)).await {
            Ok(()) => return Ok(Stored { rev: user.rev + 1, ..user }),
            Err(error) if error.is_refused() => {
                let present = identity::load(app, &id).await?;
                let goes_on = |present: &User| present.is_active(app.clock.now()) && present.epoch == epoch;
                user = present.filter(|present| goes_on(present)).ok_or(AccountError::Raced)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(AccountError::Raced)
}
