//! `GET, POST /recover`: a link by which a customer gets back in without the password.

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::steps;
use shared::http::Request;

/// The Lambda `signin-recover`.
pub const FUNCTION: Function =
    Function::page("signin-recover", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    match request.method {
        Method::POST => steps::recover(app, &request).await,
        _ => steps::look_recover(app, &request).await,
    }
}
