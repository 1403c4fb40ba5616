//! `GET, POST /verify`: the code that proves an e-mail address or a phone number.

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose, Visit, steps};
use shared::http::Request;

/// The Lambda `signin-verify`.
pub const FUNCTION: Function = Function::page("signin-verify", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.method == Method::POST {
        return steps::verify(app, Visit::posted(app, &request).await?).await;
    }
    match Visit::looked(app, &request).await? {
        Some(visit) => steps::look_verify(app, visit).await,
        None => flow::begin(app, &request, Purpose::account(AccountPage::Profile)).await,
    }
}
