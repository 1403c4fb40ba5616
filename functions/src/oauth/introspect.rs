//! `POST /oauth2/introspect`: whether a token holds, and what it says (RFC 7662), as a JWT for who wants that (RFC 9701).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client;
use shared::http::Request;
use shared::oauth::tokens;

/// The Lambda `oauth-introspect`.
pub const FUNCTION: Function =
    Function::oauth("oauth-introspect", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let form = request.form()?;
    let client = client::authenticate(app, &request, &form).await?;
    tokens::introspect(app, &client, &request, form.require("token")?).await
}
