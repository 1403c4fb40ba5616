//! Revoking grants: one family, a client's, a session's, or all of a customer.

use serde_json::json;

use super::{Grant, ended, key, list};
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::id::{GrantId, SessionId, UserId};
use crate::store::{self, Condition, StoreError, Update, Write};

/// A revocation is this many writes.
const WRITES: usize = 2;
/// So many families are revoked in one transaction, whose limit is a hundred writes.
const TOGETHER: usize = 40;

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

async fn revoke_each(
    app: &App,
    grants: &[Grant],
    reason: Reason,
    cause: &Cause<'_>,
) -> Result<usize, StoreError> {
    let mut revoked = 0;
    for grant in grants {
        revoked += usize::from(revoke_family(app, (&grant.terms.user, &grant.id), reason, cause).await?);
    }
    Ok(revoked)
}

/// The writes that revoke what ends with `session`: its grants without `offline_access` (Core §11), and what was approved in it and is
/// not fetched yet. Put them into the transaction that
/// ends the session. Should there be more than a transaction holds, the oldest are revoked before, in transactions of their own.
///
/// # Errors
/// When the store does not answer.
pub async fn end_writes_of_session(
    app: &App,
    user: &UserId,
    session: &SessionId,
    cause: &Cause<'_>,
) -> Result<Vec<Write>, StoreError> {
    let mut grants = list(app, user).await?;
    grants.retain(|grant| grant.terms.session.as_ref() == Some(session) && !grant.terms.is_offline());
    grants.sort_by_key(|grant| grant.used_at);
    let early = grants.len().saturating_sub(TOGETHER);
    revoke_each(app, &grants[..early], Reason::SessionEnded, cause).await?;
    let writes =
        |grant: &Grant| revoke_writes(app, (&grant.terms.user, &grant.id), Reason::SessionEnded, cause);
    let mut all: Vec<Write> = grants[early..].iter().flat_map(writes).collect();
    all.push(ended::session_ended_write(app, user, session).await?);
    Ok(all)
}
