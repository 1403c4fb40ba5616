//! Revoking grants: one family, or all that an act of the customer has ended.

use serde_json::json;

use super::list::list_unrevoked;
use super::{Grant, key};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::id::{GrantId, UserId};
use crate::identity::User;
use crate::store::{self, Condition, StoreError, Update, Write};

/// A revocation is this many writes.
const WRITES: usize = 2;

/// Why a family ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The customer withdrew it.
    Withdrawn,
    /// The client gave it back (RFC 7009).
    GivenBack,
    /// Its session ended.
    SessionEnded,
    /// The customer changed or recovered the password.
    PasswordChanged,
    /// The account was stopped or ended.
    AccountBlocked,
    /// Its code came a second time.
    CodeReused,
    /// Its tokens could not be pushed to the client.
    NotDelivered,
    /// One of its refresh tokens came a second time.
    RefreshTokenReused,
}

impl Reason {
    /// As the audit record has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::GivenBack => "given_back",
            Self::SessionEnded => "session_ended",
            Self::PasswordChanged => "password_changed",
            Self::AccountBlocked => "account_blocked",
            Self::CodeReused => "code_reused",
            Self::NotDelivered => "not_delivered",
            Self::RefreshTokenReused => "refresh_token_reused",
        }
    }

    const fn event(self) -> EventKind {
        match self {
            Self::Withdrawn
            | Self::GivenBack
            | Self::SessionEnded
            | Self::PasswordChanged
            | Self::AccountBlocked
            | Self::NotDelivered => EventKind::GrantRevoked,
            Self::CodeReused => EventKind::CodeReused,
            Self::RefreshTokenReused => EventKind::RefreshTokenReused,
        }
    }
}

/// The writes that revoke one family. Refused when it was revoked before.
#[must_use]
pub fn revoke_writes(
    app: &App,
    owner: (&UserId, &GrantId),
    reason: Reason,
    cause: &Cause<'_>,
) -> [Write; WRITES] {
    let (user, grant) = owner;
    let revoke = Update::of::<Grant>(key(user, grant.as_str()))
        .set("revoked_at", &app.clock.now())
        .remove("refresh_hash")
        .when(&[Condition::Exists, Condition::Absent("revoked_at")]);
    let event = cause.event(app, reason.event()).to(user);
    let event = event.with(json!({ "grant": grant, "reason": reason.name() }));
    [revoke.into(), event.announce()]
}

/// Revokes one family; whether this call did, and not one before.
pub(in crate::oauth) async fn revoke_family(
    app: &App,
    owner: (&UserId, &GrantId),
    reason: Reason,
    cause: &Cause<'_>,
) -> Result<bool, StoreError> {
    match store::transact(app, revoke_writes(app, owner, reason, cause).into()).await {
        Ok(()) => Ok(true),
        Err(StoreError::Refused { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The writes that revoke the families of the account that do not go on as it is `after` an act: a group for each. The act itself has ended
/// them; these tidy up, also after those acts before it that could not.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke_ended(
    app: &App,
    after: &User,
    reason: Reason,
    cause: &Cause<'_>,
) -> Result<Vec<Vec<Write>>, StoreError> {
    let grants = list_unrevoked(app, &after.id).await?;
    let ended = grants.iter().filter(|grant| !grant.is_admitted(after));
    Ok(ended.map(|grant| revoke_writes(app, (&after.id, &grant.id), reason, cause).into()).collect())
}
