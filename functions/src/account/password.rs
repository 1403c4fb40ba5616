//! `POST /v1/account/password` and the page `/account/password`: a new password, by who knows the present one.

use http::{Method, StatusCode};
use serde_json::Map;
use shared::account::{self, NewPassword, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose, Wrong};
use shared::http::{Params, Request, Response};
use shared::id::SessionId;
use shared::identity::IdentifierKind;
use shared::page::{AccountPassword, Notice, Page};
use shared::secret::Secret;
use shared::settings;

/// The Lambda `account-password`.
pub const FUNCTION: Function =
    Function::page("account-password", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() {
        return api(app, &request).await;
    }
    match account::visitor(app, &request).await? {
        None => flow::begin(app, &request, Purpose::Account { page: AccountPage::Password }).await,
        Some(visitor) if request.method == Method::POST => change(app, &visitor).await,
        Some(visitor) => show(app, &visitor, None).await,
    }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    let typed = read(&request.form_or_json()?, caller.session.clone());
    match account::change_password(app, &caller.user, &typed, &caller.context).await? {
        Ok(()) => Ok(Response::empty(StatusCode::NO_CONTENT)),
        Err(wrong) => Ok(wrong.details(Map::new())),
    }
}

async fn change(app: &App, visitor: &Visitor<'_>) -> Reply {
    let typed = read(&visitor.form(app).await?, Some(visitor.session.id.clone()));
    match account::change_password(app, &visitor.user, &typed, &visitor.context).await? {
        Ok(()) => account::see_other(app, AccountPage::Password.path(), &Notice::PasswordChanged),
        Err(wrong) => show(app, visitor, Some(wrong)).await,
    }
}

fn read(params: &Params, keep: Option<SessionId>) -> NewPassword {
    let typed = |field: &str| Secret::new(params.get(field).unwrap_or_default().to_owned());
    NewPassword { current: typed("current_password"), new: typed("new_password"), keep }
}

async fn show(app: &App, visitor: &Visitor<'_>, wrong: Option<Wrong>) -> Reply {
    let shortest = settings::load(app).await?.passwords.shortest;
    let primary = IdentifierKind::ALL.into_iter().find_map(|kind| visitor.user.primary(kind));
    let page = Page::AccountPassword(AccountPassword {
        frame: visitor.frame(app, wrong.as_ref()).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        username: primary.map(|own| own.value.clone()).unwrap_or_default(),
        password_minimum: u32::try_from(shortest).unwrap_or(u32::MAX),
    });
    visitor.show(app, &page, wrong.as_ref())
}
