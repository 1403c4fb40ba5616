//! `GET, POST /recover/reset`: a new password, by the link that was sent.

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::steps;
use shared::http::Request;

/// The Lambda `signin-reset`.
pub const FUNCTION: Function = Function::page("signin-reset", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    match request.method {
        Method::POST => steps::reset(app, &request).await,
        _ => steps::look_reset(app, &request).await,
    }
}
