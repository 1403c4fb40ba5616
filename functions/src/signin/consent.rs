//! `POST /signin/consent`: whether the application may have what it asks for.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{Visit, steps};
use shared::http::Request;

/// The Lambda `signin-consent`.
pub const FUNCTION: Function =
    Function::page("signin-consent", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let visit = Visit::posted(app, &request).await?;
    steps::consent(app, visit).await
}
