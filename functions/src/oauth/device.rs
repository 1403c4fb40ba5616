//! `GET`, `POST /device`: a customer types the code that a device shows (RFC 8628 §3.3).

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow;
use shared::http::Request;

/// The Lambda `oauth-device`.
pub const FUNCTION: Function = Function::page("oauth-device", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.method == Method::POST {
        flow::enter_device(app, &request).await
    } else {
        flow::look_device(app, &request).await
    }
}
