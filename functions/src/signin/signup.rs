//! `GET, POST /signup`: a new account, within a client's sign-in or for its own sake.

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, Visit, steps};
use shared::http::Request;

/// The Lambda `signin-signup`.
pub const FUNCTION: Function = Function::page("signin-signup", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.method == Method::POST {
        return steps::sign_up(app, Visit::posted(app, &request).await?).await;
    }
    match Visit::looked(app, &request).await? {
        Some(visit) => steps::look_sign_up(app, visit).await,
        None => flow::begin_sign_up(app, &request).await,
    }
}
