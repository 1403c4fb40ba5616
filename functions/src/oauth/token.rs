//! `POST /oauth2/token`: exchange a grant for tokens (RFC 6749 §3.2).

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client;
use shared::http::{Request, preflight};
use shared::oauth::exchange::exchange;

/// The Lambda `oauth-token`.
pub const FUNCTION: Function = Function::oauth("oauth-token", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.method == Method::OPTIONS {
        return Ok(preflight(&request));
    }
    client::allow_origin_of_client(app, &request, answer(app, &request).await).await
}

async fn answer(app: &App, request: &Request) -> Reply {
    let form = request.form()?;
    let client = client::authenticate(app, request, &form).await?;
    exchange(app, &client, &form, &request.context()).await?.respond()
}
