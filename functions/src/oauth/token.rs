//! `POST /oauth2/token`: exchange a grant for tokens (RFC 6749 §3.2).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client;
use shared::http::Request;
use shared::oauth::client_document;
use shared::oauth::dpop::{self, Purpose};
use shared::oauth::token_endpoint::{TokenRequest, exchange};
use shared::oauth::tokens::Confirmation;

/// The Lambda `oauth-token`.
pub const FUNCTION: Function = Function::oauth("oauth-token", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    client::with_cors(app, &request, answer(app, &request)).await
}

async fn answer(app: &App, request: &Request) -> Reply {
    let form = request.form()?;
    client_document::load_client_document(app, &form, request.address).await?;
    let client = client::authenticate(app, request, &form).await?;
    let proven = dpop::prove(app, request, &client, Purpose::Asking).await?;
    let jkt = proven.as_ref().map(|proven| proven.jkt.clone());
    let confirmation = Confirmation { jkt, x5t: client::certificate_to_bind(&client, request)? };
    let asked = TokenRequest { params: &form, confirmation: &confirmation };
    let tokens = exchange(app, &client, asked, &request.context()).await?;
    Ok(dpop::attach_nonce(proven.as_ref(), tokens.respond()?))
}
