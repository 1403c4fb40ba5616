//! `id_token_hint` (Core §3.1.2.1): an ID token of ours, expired or not, names who must sign in.

use serde::Deserialize;

use super::{AuthorizeError, Refusal};
use crate::app::App;
use crate::client::Client;
use crate::http::Params;
use crate::id::UserId;
use crate::keys::{self, Typ};
use crate::oauth::subject;
use crate::oauth::tokens::Audience;

#[derive(Deserialize)]
struct Hint {
    iss: String,
    sub: String,
    aud: Audience,
}

/// Whom the hint names: a refusal when it is not an ID token that we gave this client.
pub(super) async fn check(
    app: &App,
    client: &Client,
    params: &Params,
) -> Result<Result<Option<UserId>, Refusal>, AuthorizeError> {
    let Some(token) = params.get("id_token_hint") else { return Ok(Ok(None)) };
    let hint = keys::verify::<Hint>(app, token, Typ::Jwt).await?;
    let hint = hint.filter(|hint| hint.iss == app.config.issuer && hint.aud.contains(&client.id));
    let refusal = || Refusal::invalid("`id_token_hint` is not an ID token that was issued to this client");
    let Some(hint) = hint else { return Ok(Err(refusal())) };
    Ok(subject::read(app, &hint.sub).await?.map(Some).ok_or_else(refusal))
}
