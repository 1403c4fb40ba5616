//! `GET /v1/account/grants`, `DELETE /v1/account/grants/{client_id}` and the page `/account/grants`: the applications that the customer
//! gave access to.

use http::{Method, StatusCode};
use serde_json::json;
use shared::account::{self, Granted, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose};
use shared::http::{Problem, Request, Response};
use shared::page::{AccountGrants, Notice, Page};

/// The Lambda `account-grants`.
pub const FUNCTION: Function =
    Function::page("account-grants", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() {
        return api(app, &request).await;
    }
    match account::visitor(app, &request).await? {
        None => flow::begin(app, &request, Purpose::Account { page: AccountPage::Grants }).await,
        Some(visitor) if request.method == Method::POST => revoke(app, &visitor).await,
        Some(visitor) => show(app, &visitor).await,
    }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    if request.method == Method::DELETE {
        let client = request.path_param("client_id")?;
        account::withdraw(app, &caller.user.id, client, &caller.cause()).await?;
        return Ok(Response::empty(StatusCode::NO_CONTENT));
    }
    let granted = account::list_grants(app, &caller.user.id).await?;
    let grants: Vec<_> = granted
        .iter()
        .map(|granted: &Granted| {
            json!({
                "client_id": granted.client_id,
                "client_name": granted.name(),
                "scopes": granted.scopes,
                "since": granted.since.rfc3339(),
            })
        })
        .collect();
    Response::json(StatusCode::OK, &json!({ "grants": grants }))
}

async fn revoke(app: &App, visitor: &Visitor<'_>) -> Reply {
    let form = visitor.form(app).await?;
    match form.require("action")? {
        "revoke" => {
            account::withdraw(app, &visitor.user.id, form.require("grant")?, &visitor.cause()).await?
        }
        _ => return Err(Problem::invalid_request("`action` must be revoke")),
    }
    account::see_other(app, AccountPage::Grants.path(), &Notice::GrantRevoked)
}

async fn show(app: &App, visitor: &Visitor<'_>) -> Reply {
    let mut grants = Vec::new();
    for granted in account::list_grants(app, &visitor.user.id).await? {
        grants.push(granted.row(app).await?);
    }
    let page = Page::AccountGrants(AccountGrants {
        frame: visitor.frame(app, None).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        grants,
    });
    visitor.show(app, &page, None)
}
