//! `GET /.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: the server's metadata (RFC 8414 §3).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Request, publish};
use shared::oauth::discovery;

/// The Lambda `oauth-discovery`.
pub const FUNCTION: Function =
    Function::oauth("oauth-discovery", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    publish(&request, async { Ok(discovery::document(app).await?.respond(&request)) }).await
}
