//! `POST /oauth2/par`: a client pushes an authorization request, and gets a reference for the browser to bring (RFC 9126 §2).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client::{self, Client};
use shared::http::Request;
use shared::limit::{self, Bucket};
use shared::oauth::dpop::{self, Purpose};
use shared::oauth::{authorization, client_document};

/// The Lambda `oauth-par`.
pub const FUNCTION: Function = Function::oauth("oauth-par", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    client::with_cors(app, &request, answer(app, &request)).await
}

async fn answer(app: &App, request: &Request) -> Reply {
    let form = request.form()?;
    client_document::load_client_document(app, &form, request.address).await?;
    let client = client::authenticate(app, request, &form).await?;
    limit::take(app, Bucket::Push, &counted(&client, request)).await?;
    let proven = dpop::prove(app, request, &client, Purpose::Asking).await?;
    let jkt = proven.as_ref().map(|proven| proven.jkt.as_str());
    let pushed = authorization::push(app, &client, &form, jkt).await?;
    Ok(dpop::attach_nonce(proven.as_ref(), pushed.respond()?))
}

/// Anybody can call themselves a public client: it is counted for each address, so that nobody uses up the requests of others.
fn counted(client: &Client, request: &Request) -> String {
    if client.auth_method.is_public() {
        format!("{} {}", client.id, limit::of_address(request.address))
    } else {
        client.id.clone()
    }
}
