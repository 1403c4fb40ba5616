//! `id_token_hint` (Core §3.1.2.1): an ID token of ours, expired or not, names who must sign in.

use super::{AuthorizeError, Refusal};
use crate::app::App;
use crate::client::Client;
use crate::http::Params;
use crate::id::UserId;
use crate::oauth::subject;

/// Whom the hint names: a refusal when it is not an ID token that we gave this client.
pub(super) async fn check(
    app: &App,
    client: &Client,
    params: &Params,
) -> Result<Result<Option<UserId>, Refusal>, AuthorizeError> {
    let Some(token) = params.get("id_token_hint") else { return Ok(Ok(None)) };
    let refusal = || Refusal::invalid("`id_token_hint` is not an ID token that was issued to this client");
    Ok(subject::hinted(app, client, token).await?.map(Some).ok_or_else(refusal))
}
