//! `POST /signin/account`: which account to go on with, one that is signed in on this browser or another.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{Visit, steps};
use shared::http::Request;

/// The Lambda `signin-account`.
pub const FUNCTION: Function =
    Function::page("signin-account", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let visit = Visit::posted(app, &request).await?;
    steps::account(app, visit).await
}
