//! Token revocation (RFC 7009): a refresh token ends its family, an access token ends alone. What is unknown is revoked already.

use std::time::Duration;

use serde_json::json;

use super::grants::{self, Reason};
use super::refresh::{self, Standing};
use super::{OAuthError, subject, tokens};
use crate::app::App;
use crate::client::Client;
use crate::hook::{Actor, Cause, EventKind};
use crate::http::RequestContext;
use crate::store;

const ANOTHERS: OAuthError = OAuthError::InvalidGrant("the token was issued to another client");

/// Revokes the token that `text` is.
///
/// # Errors
/// `invalid_grant` for a token of another client (RFC 7009 §2.1), or a fault of ours.
pub async fn revoke(
    app: &App,
    client: &Client,
    text: &str,
    context: &RequestContext,
) -> Result<(), OAuthError> {
    let cause = Cause::new(Actor::Client(client.id.clone()), context);
    if let Some((handle, grant)) = refresh::find(app, text).await? {
        let standing = refresh::standing(&grant, &handle, app.clock.now(), Duration::ZERO);
        if matches!(standing, Standing::Foreign) {
            return Ok(());
        }
        if grant.terms.client != client.id {
            return Err(ANOTHERS);
        }
        grants::revoke_family(app, (&grant.terms.user, &grant.id), Reason::GivenBack, &cause).await?;
        return Ok(());
    }
    let Some(token) = tokens::find_revocable(app, text).await? else { return Ok(()) };
    if token.claims.client_id != client.id {
        return Err(ANOTHERS);
    }
    let mut event = cause.event(app, EventKind::AccessTokenRevoked);
    // The subject of a client's own token is the client.
    if token.claims.gid.is_some()
        && let Some(user) = subject::read(app, &token.claims.sub).await?
    {
        event = event.to(&user);
    }
    let event = event.with(json!({ "token": token.claims.jti, "grant": token.claims.gid }));
    Ok(store::transact(app, vec![token.revoke_write(), event.announce()]).await?)
}
