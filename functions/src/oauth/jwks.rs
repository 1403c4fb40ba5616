//! `GET /.well-known/jwks.json`: the public keys (RFC 7517 §5).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Request, publish};
use shared::keys;

/// The Lambda `oauth-jwks`.
pub const FUNCTION: Function = Function::oauth("oauth-jwks", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    publish(&request, async { Ok(keys::jwks(app).await?.respond(&request)) }).await
}
