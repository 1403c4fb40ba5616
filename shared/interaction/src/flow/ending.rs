//! What ends with a session, and with a password: sessions, and the grants that came of them.

use crate::app::App;
use crate::clock::Timestamp;
use crate::flow::FlowError;
use crate::hook::{Cause, EventKind};
use crate::id::{SessionId, UserId};
use crate::identity::{IdentifierKind, User};
use crate::keys::sealer;
use crate::message::{self, Outgoing};
use crate::oauth::grants::{self, Grant, Reason};
use crate::oauth::logout;
use crate::page::{Locale, Message};
use crate::session::{self, Session};
use crate::store::{self, Stored, Write};

/// A notice of a change that is older than this is not sent any more.
const NOTICE_LIFETIME: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A password that is being set.
pub struct PasswordSet<'a> {
    /// How: by recovery, or by its owner who knew the old one.
    pub event: EventKind,
    /// The session that goes on.
    pub keep: Option<&'a SessionId>,
    /// The language of the request, for a customer who has not chosen one.
    pub locale: Locale,
}

/// The writes that go with a new password: the end of all sessions but one, the event, and the notice to its owner.
///
/// # Errors
/// When a key or the settings cannot be had.
pub async fn password_set_writes(
    app: &App,
    account: &User,
    set: &PasswordSet<'_>,
    cause: &Cause<'_>,
) -> Result<Vec<Write>, FlowError> {
    let mut writes = vec![
        session::end_others_write(app, &account.id, set.keep).await?,
        cause.event(app, set.event).to(&account.id).announce(),
    ];
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
pub async fn end_session(app: &App, session: &Stored<Session>, cause: &Cause<'_>) -> Result<(), FlowError> {
    logout::end(app, session, "ended", cause).await?;
    Ok(())
}

/// Why several sessions end at once: for the events of the sessions, and for those of the grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfOthers {
    /// The customer wants to be signed in nowhere else.
    Wished,
    /// The customer has changed the password.
    PasswordChanged,
    /// The customer has recovered the account: not even what was granted for longer goes on.
    Recovered,
}

/// The writes that end every session of `user` but `keep`, and the grants of them that do not outlast their session: a group for
/// each. The mark of [`session::end_others_write`] ends the sessions at once; these remove them and tell of each.
///
/// # Errors
/// When the store does not answer.
pub async fn end_others_groups(
    app: &App,
    (user, keep): (&UserId, Option<&SessionId>),
    why: EndOfOthers,
    cause: &Cause<'_>,
) -> Result<Vec<Vec<Write>>, FlowError> {
    let (word, reason) = match why {
        EndOfOthers::Wished => ("ended", Reason::SessionEnded),
        EndOfOthers::PasswordChanged | EndOfOthers::Recovered => {
            ("password_changed", Reason::PasswordChanged)
        }
    };
    let (sessions, grants) = tokio::join!(session::list_all(app, user), grants::list(app, user));
    let (sessions, grants) = (sessions?, grants?);
    let others = sessions.iter().filter(|session| Some(&session.id) != keep);
    let bound = |grant: &&Grant| why == EndOfOthers::Recovered || !grant.terms.is_offline();
    let bound =
        grants.iter().filter(|grant| keep.is_none() || grant.terms.session.as_ref() != keep).filter(bound);
    Ok(others
        .map(|session| session::end_writes(app, session, word, cause))
        .chain(bound.map(|grant| grants::revoke_writes(app, (user, &grant.id), reason, cause).into()))
        .collect())
}

/// Ends every session of `user` but `keep`, and their grants that do not outlast them.
///
/// # Errors
/// When the store does not answer.
pub async fn end_other_sessions(
    app: &App,
    user: &UserId,
    keep: Option<&SessionId>,
    cause: &Cause<'_>,
) -> Result<(), FlowError> {
    let mark = session::end_others_write(app, user, keep).await?;
    let groups = end_others_groups(app, (user, keep), EndOfOthers::Wished, cause).await?;
    store::transact_groups(app, vec![mark], groups).await?;
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
