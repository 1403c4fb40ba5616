//! A new password by somebody who knows the present one. It ends every other session and what was granted in them.

use crate::app::App;
use crate::credential::password::{self, Verdict};
use crate::flow::{self, PasswordSet, Wrong};
use crate::hook::{Cause, EventKind};
use crate::http::{Problem, RequestContext};
use crate::id::SessionId;
use crate::identity::{self, User};
use crate::limit::LimitError;
use crate::limit::guess::{self, Guesser};
use crate::page::{Fault, FieldError};
use crate::secret::Secret;
use crate::store;

/// What a customer typed.
pub struct NewPassword {
    /// The present password.
    pub current: Secret<String>,
    /// The new one.
    pub new: Secret<String>,
    /// The session that goes on.
    pub keep: Option<SessionId>,
}

impl NewPassword {
    fn missing(&self) -> Vec<FieldError> {
        let fields = [("current_password", &self.current), ("new_password", &self.new)];
        let empty = fields.into_iter().filter(|(_, typed)| typed.expose().is_empty());
        empty.map(|(field, _)| FieldError::on(field, Fault::PasswordRequired)).collect()
    }
}

/// Changes the password of `user`.
///
/// # Errors
/// When the store does not answer. What is wrong with what was typed is the inner error.
pub async fn change_password(
    app: &App,
    user: &User,
    typed: &NewPassword,
    context: &RequestContext,
) -> Result<Result<(), Wrong>, Problem> {
    let missing = typed.missing();
    if !missing.is_empty() {
        return Ok(Err(Wrong::typed(missing)));
    }
    // Whoever is signed in may be a thief of the session: guesses here have a count of their own, and do not slow the owner's sign-in.
    let own = format!("change#{}", user.id);
    let attempt = match guess::begin(app, &own, Guesser::Stranger).await {
        Ok(attempt) => attempt,
        Err(LimitError::Exceeded { seconds }) => return Ok(Err(Wrong::too_many(seconds))),
        Err(error) => return Err(error.into()),
    };
    if password::verify(app, Some(&user.id), &typed.current).await? == Verdict::Wrong {
        let error = FieldError::on("current_password", Fault::PasswordWrong);
        return Ok(Err(Wrong::forbidden(error)));
    }
    if typed.current == typed.new {
        return Ok(Err(Wrong::typed(vec![FieldError::on("new_password", Fault::PasswordUnchanged)])));
    }
    if let Some(fault) = password::find_fault(app, &typed.new, &flow::known_of(user)).await? {
        return Ok(Err(Wrong::typed(vec![FieldError::on("new_password", fault)])));
    }
    let cause = Cause::user(&user.id, context);
    let set =
        PasswordSet { event: EventKind::PasswordChanged, keep: typed.keep.as_ref(), locale: context.locale };
    let mut writes = vec![
        attempt.succeeded(),
        identity::active_check(&user.id),
        password::set_write(app, &user.id, &typed.new).await?,
    ];
    writes.extend(flow::password_set_writes(app, user, &set, &cause).await?);
    store::transact(app, writes).await?;
    flow::end_everything(app, &user.id, typed.keep.as_ref(), &cause).await?;
    Ok(Ok(()))
}
