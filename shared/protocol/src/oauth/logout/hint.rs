//! `logout_hint` (RP-Initiated Logout 1.0 §2): a session's id or an identifier of its customer. It helps to choose among the accounts
//! of the browser, and proves nothing.

use crate::app::App;
use crate::identity::{self, IdentifierKind};
use crate::oauth::OAuthError;
use crate::oauth::subject::Naming;
use crate::session::SignedIn;

/// The session that `hint` means, where the browser has several.
pub(super) async fn find<'a>(
    app: &App,
    (hint, naming): (&str, &Naming),
    sessions: &'a [SignedIn],
) -> Result<Option<&'a SignedIn>, OAuthError> {
    if sessions.len() < 2 {
        return Ok(None);
    }
    if let Some(named) = sessions.iter().find(|signed_in| naming.session(&signed_in.session.id) == hint) {
        return Ok(Some(named));
    }
    let Ok(identifier) = identity::parse_identifier(hint, &IdentifierKind::ALL, None) else {
        return Ok(None);
    };
    let user = identity::find(app, &identifier).await?;
    Ok(sessions.iter().find(|signed_in| user.as_ref() == Some(&signed_in.user.id)))
}
