//! `GET /approve`: the link of a customer who is asked on a device of their own (OpenID CIBA Core 1.0 §7.2).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow;
use shared::http::Request;

/// The Lambda `oauth-approve`.
pub const FUNCTION: Function = Function::page("oauth-approve", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    flow::approve(app, &request).await
}
