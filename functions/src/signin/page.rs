//! `GET /signin`: the current step of a sign-in, or what came of it; `restart` begins anew what took too long; without either, the
//! beginning of a sign-in to one's own account.

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose, Visit};
use shared::http::Request;

/// The Lambda `signin-page`.
pub const FUNCTION: Function = Function::page("signin-page", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if let Some(handle) = request.query()?.get("restart") {
        return flow::restart(app, &request, handle).await;
    }
    match Visit::looked(app, &request).await? {
        Some(visit) => flow::current(app, visit).await,
        None => flow::begin(app, &request, Purpose::account(AccountPage::Profile)).await,
    }
}
