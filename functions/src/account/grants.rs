//! `GET /v1/account/grants` and `DELETE /v1/account/grants/{client_id}` for clients, `GET`, `POST /account/grants` for browsers: what the
//! customer has granted to applications.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::{self, AccountError, Entry, Granted, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{AccountPage, Rejection};
use shared::http::{Request, Response};
use shared::page::{AccountGrants, Notice, Page};

/// The Lambda `account-grants`.
pub const FUNCTION: Function =
    Function::page("account-grants", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() { api(app, &request).await } else { page(app, &request).await }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    if request.method == Method::DELETE {
        caller.count(app).await?;
        let client = request.path_param("client_id")?;
        account::withdraw(app, &caller.user, client, &caller.cause()).await?;
        return Ok(Response::empty(StatusCode::NO_CONTENT));
    }
    let granted = account::list_grants(app, &caller.user).await?;
    let grants: Vec<Value> = granted.iter().map(Granted::json).collect();
    Response::json(StatusCode::OK, &json!({ "grants": grants }))
}

async fn page(app: &App, request: &Request) -> Reply {
    let visitor = match account::enter(app, request, AccountPage::Grants).await? {
        Entry::SignedIn(visitor) => visitor,
        Entry::SignedOut(response) => return Ok(response),
    };
    if request.method != Method::POST {
        return show(app, &visitor, None).await;
    }
    match withdraw(app, &visitor).await {
        Ok(()) => account::see_other(app, AccountPage::Grants.path(), &Notice::GrantRevoked),
        Err(error) => show(app, &visitor, Some(&error.shown()?)).await,
    }
}

async fn withdraw(app: &App, visitor: &Visitor<'_>) -> Result<(), AccountError> {
    if visitor.typed("action") != "revoke" {
        return Err(AccountError::Action);
    }
    visitor.count(app).await?;
    match account::withdraw(app, &visitor.user, visitor.typed("grant"), &visitor.cause()).await {
        // Pressed twice, or withdrawn elsewhere meanwhile: it is as was wished.
        Err(AccountError::NoGrant) => Ok(()),
        other => other,
    }
}

async fn show(app: &App, visitor: &Visitor<'_>, wrong: Option<&Rejection>) -> Reply {
    let mut grants = Vec::new();
    for granted in account::list_grants(app, &visitor.user).await? {
        grants.push(granted.row(app, visitor.locale()).await?);
    }
    let page = AccountGrants {
        frame: visitor.frame(app, wrong).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        grants,
    };
    visitor.show(app, &Page::AccountGrants(page), wrong)
}
