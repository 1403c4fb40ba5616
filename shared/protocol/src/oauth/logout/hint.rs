//! `logout_hint` (RP-Initiated Logout 1.0 §2): a session's id or an identifier of its customer. It helps to choose among the accounts
//! of the browser, and proves nothing.

use crate::app::App;
use crate::identity::{self, IdentifierKind};
use crate::oauth::OAuthError;
use crate::oauth::subject::Naming;
use crate::session::Session;
use crate::store::Stored;

/// The session that `hint` means, where the browser has several.
pub(super) async fn find<'a>(
    app: &App,
    (hint, naming): (&str, &Naming),
    sessions: &'a [Stored<Session>],
) -> Result<Option<&'a Stored<Session>>, OAuthError> {
    if sessions.len() < 2 {
        return Ok(None);
    }
    if let Some(named) = sessions.iter().find(|session| naming.session(&session.id) == hint) {
        return Ok(Some(named));
    }
    let Ok(identifier) = identity::parse_identifier(hint, &IdentifierKind::ALL, None) else {
        return Ok(None);
    };
    let user = identity::find(app, &identifier).await?;
    Ok(sessions.iter().find(|session| user.as_ref() == Some(&session.user)))
}
