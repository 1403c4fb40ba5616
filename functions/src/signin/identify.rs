//! `POST /signin/identify`: who is signing in.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{Visit, steps};
use shared::http::Request;

/// The Lambda `signin-identify`.
pub const FUNCTION: Function =
    Function::page("signin-identify", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let visit = Visit::posted(app, &request).await?;
    steps::identify(app, visit).await
}
