//! A new password by somebody who knows the present one. It ends every other session, and what was granted in them.

use serde_json::json;

use super::AccountError;
use crate::app::App;
use crate::credential::password::{self, Verdict};
use crate::flow::{self, PasswordSet};
use crate::hook::{Cause, EventKind};
use crate::id::SessionId;
use crate::identity::{self, Act, User};
use crate::limit::guess::{self, Attempt, Guesser};
use crate::page::{Fault, FieldError, Locale};
use crate::secret::Secret;
use crate::store::{self, Stored};

/// What a customer typed, and where.
pub struct NewPassword<'a> {
    /// The present password.
    pub current: Secret<String>,
    /// The new one.
    pub new: Secret<String>,
    /// The session that goes on.
    pub keep: Option<&'a SessionId>,
    /// The language of the request, for a customer who has not chosen one.
    pub locale: Locale,
}

/// Changes the password of `user`: everything that a new password brings is one transaction, as far as that holds it.
///
/// # Errors
/// What is wrong with what was typed, too many guesses, or that the account is not active any more.
pub async fn change_password(
    app: &App,
    user: &Stored<User>,
    typed: &NewPassword<'_>,
    cause: &Cause<'_>,
) -> Result<(), AccountError> {
    check_new(app, user, typed).await?;
    let attempt = check_current(app, user, typed, cause).await?;
    let act = Act::PasswordChanged { keep: typed.keep };
    let (after, raise) = identity::raise_write(user, act);
    let set = PasswordSet { event: EventKind::PasswordChanged, locale: typed.locale };
    let mut change = vec![raise, attempt.succeeded(), password::set_write(app, &after, &typed.new).await?];
    change.extend(flow::password_set_writes(app, user, &set, cause).await?);
    let ended = flow::ended_groups(app, &after, act, cause).await?;
    store::transact_groups(app, change, ended).await.map_err(AccountError::of_race)?;
    Ok(())
}

async fn check_new(app: &App, user: &User, typed: &NewPassword<'_>) -> Result<(), AccountError> {
    let mut errors = Vec::new();
    if typed.current.expose().is_empty() {
        errors.push(FieldError::on("current_password", Fault::PasswordRequired));
    }
    let unchanged = (typed.new == typed.current).then_some(Fault::PasswordUnchanged);
    let fault = password::find_fault(app, &typed.new, &flow::known_of(user)).await?;
    errors.extend(fault.or(unchanged).map(|fault| FieldError::on("new_password", fault)));
    if errors.is_empty() { Ok(()) } else { Err(AccountError::Fields(errors)) }
}

/// Who is signed in may be a thief of the session, who must not guess without end, and must not slow the owner's sign-in either:
/// the guesses of each session are counted by themselves.
async fn check_current(
    app: &App,
    user: &User,
    typed: &NewPassword<'_>,
    cause: &Cause<'_>,
) -> Result<Attempt, AccountError> {
    let guesser = typed.keep.map_or(Guesser::Stranger, Guesser::Session);
    let attempt = guess::begin(app, user.id.as_str(), guesser).await?;
    match password::verify(app, Some(&user.id), &typed.current).await? {
        Verdict::Right => Ok(attempt),
        Verdict::Wrong => {
            let event = cause.event(app, EventKind::PasswordChangeFailed).to(&user.id);
            store::write(app, event.with(json!({ "session": typed.keep })).announce()).await?;
            Err(AccountError::Fields(vec![FieldError::on("current_password", Fault::PasswordWrong)]))
        }
    }
}
