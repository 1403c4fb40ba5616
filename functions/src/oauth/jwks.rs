//! `GET /.well-known/jwks.json`: the public keys (RFC 7517 §5).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Request, allow_any_origin};
use shared::keys;

/// The Lambda `oauth-jwks`.
pub const FUNCTION: Function = Function::oauth("oauth-jwks", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let keys = keys::jwks(app).await?;
    allow_any_origin(Ok(keys.respond(&request)))
}
