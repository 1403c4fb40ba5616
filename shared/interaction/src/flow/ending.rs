//! What ends with a session, and with a password: sessions, and the grants that came of them.

use crate::app::App;
use crate::clock::Timestamp;
use crate::flow::FlowError;
use crate::hook::{Cause, EventKind};
use crate::id::SessionId;
use crate::identity::{self, Act, IdentifierKind, User};
use crate::keys::sealer;
use crate::message::{self, Outgoing};
use crate::oauth::grants::{self, Reason};
use crate::oauth::logout;
use crate::page::{Locale, Message};
use crate::session::{self, SignedIn};
use crate::store::{self, Stored, Write};

/// A notice of a change that is older than this is not sent any more.
const NOTICE_LIFETIME: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A password that is being set.
pub struct PasswordSet {
    /// How: by recovery, or by its owner who knew the old one.
    pub event: EventKind,
    /// The language of the request, for a customer who has not chosen one.
    pub locale: Locale,
}

/// The writes that go with a new password: the event, and the notice to its owner.
///
/// # Errors
/// When a key cannot be had.
pub async fn password_set_writes(
    app: &App,
    account: &User,
    set: &PasswordSet,
    cause: &Cause<'_>,
) -> Result<Vec<Write>, FlowError> {
    let mut writes = vec![cause.event(app, set.event).to(&account.id).announce()];
    let sealer = sealer(app).await?;
    let expires_at: Timestamp = app.clock.now().plus(NOTICE_LIFETIME);
    let proven = [IdentifierKind::Email].into_iter().find_map(|kind| account.primary(kind));
    let to = proven.filter(|own| own.verified_at.is_some()).and_then(|own| own.destination());
    writes.extend(to.map(|to| {
        let message = Message::PasswordChanged { recover: app.config.url("/recover") };
        let locale = account.locale().unwrap_or(set.locale);
        message::request(
            app,
            &sealer,
            Outgoing { to, message, locale, user: Some(&account.id), expires_at },
            cause,
        )
    }));
    Ok(writes)
}

/// Ends one session, and its grants that do not outlast it (OpenID Connect Core §11).
///
/// # Errors
/// When the store does not answer; one that has ended already is no error.
pub async fn end_session(app: &App, signed_in: &SignedIn, cause: &Cause<'_>) -> Result<(), FlowError> {
    logout::end(app, signed_in, "ended", cause).await?;
    Ok(())
}

/// What an act has ended, as events tell of it: of sessions, and of grants.
const fn words(act: Act<'_>) -> (&'static str, Reason) {
    match act {
        Act::PasswordChanged { .. } | Act::Recovered => ("password_changed", Reason::PasswordChanged),
        Act::SignedOutElsewhere { .. } | Act::SignedOut(_) => ("ended", Reason::SessionEnded),
        Act::Withdrawn(_) => ("ended", Reason::Withdrawn),
        Act::Blocked => ("account_blocked", Reason::AccountBlocked),
    }
}

/// The writes that remove the sessions and revoke the grants of the account that do not go on as it is `after` the act, and tell of each: a
/// group for each. The act itself has ended them.
///
/// # Errors
/// When the store does not answer.
pub async fn ended_groups(
    app: &App,
    after: &User,
    act: Act<'_>,
    cause: &Cause<'_>,
) -> Result<Vec<Vec<Write>>, FlowError> {
    let (word, reason) = words(act);
    let grants = grants::revoke_ended(app, after, reason, cause);
    let (sessions, grants) = tokio::join!(session::list_all(app, &after.id), grants);
    let (sessions, grants) = (sessions?, grants?);
    let ended = sessions.iter().filter(|session| !session.is_admitted(after));
    Ok(ended.map(|session| session::end_writes(app, session, word, cause)).chain(grants).collect())
}

/// Ends every session of `user` but `keep`, and their grants that do not outlast them.
///
/// # Errors
/// When another act came in between, or the store does not answer.
pub async fn end_other_sessions(
    app: &App,
    user: &Stored<User>,
    keep: Option<&SessionId>,
    cause: &Cause<'_>,
) -> Result<(), FlowError> {
    let act = Act::SignedOutElsewhere { keep };
    let (after, raise) = identity::raise_write(user, act);
    let groups = ended_groups(app, &after, act, cause).await?;
    store::transact_groups(app, vec![raise], groups).await.map_err(FlowError::of_race)?;
    Ok(())
}

/// What somebody who knows the customer would try first.
#[must_use]
pub fn known_of(account: &User) -> Vec<&str> {
    let profile = &account.profile;
    let names = [&profile.name, &profile.given_name, &profile.family_name, &profile.nickname];
    let names = names.into_iter().filter_map(Option::as_deref);
    account.identifiers.iter().map(|own| own.value.as_str()).chain(names).collect()
}
