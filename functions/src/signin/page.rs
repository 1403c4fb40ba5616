//! `GET /signin`: the current step of a sign-in; without one, the beginning of a sign-in to one's own account.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose, Visit};
use shared::http::Request;

/// The Lambda `signin-page`.
pub const FUNCTION: Function = Function::page("signin-page", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    match Visit::looked(app, &request).await? {
        Some(visit) => flow::current(app, visit).await,
        None => flow::begin(app, &request, Purpose::account(AccountPage::Profile)).await,
    }
}
