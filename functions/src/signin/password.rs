//! `POST /signin/password`: the customer's password.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{Visit, steps};
use shared::http::Request;

/// The Lambda `signin-password`.
pub const FUNCTION: Function =
    Function::page("signin-password", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let visit = Visit::posted(app, &request).await?;
    steps::password(app, visit).await
}
