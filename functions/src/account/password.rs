//! `POST /v1/account/password` for clients, `GET`, `POST /account/password` for browsers: a new password for who knows the present one.

use http::{Method, StatusCode};
use serde::Deserialize;
use shared::account::{self, AccountError, Entry, NewPassword, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{AccountPage, Rejection};
use shared::http::{Request, Response};
use shared::identity::IdentifierKind;
use shared::page::{AccountPassword, Notice, Page};
use shared::secret::Secret;
use shared::settings;

/// The Lambda `account-password`.
pub const FUNCTION: Function =
    Function::page("account-password", |app, request| Box::pin(handle(app, request)));

/// The body of the API's request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    current_password: String,
    new_password: String,
}

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() { api(app, &request).await } else { page(app, &request).await }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    let typed: Typed = request.json()?;
    caller.count(app).await?;
    let new = NewPassword {
        current: Secret::new(typed.current_password),
        new: Secret::new(typed.new_password),
        keep: caller.session.as_ref(),
        locale: caller.context.locale,
    };
    account::change_password(app, &caller.user, &new, &caller.cause()).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

async fn page(app: &App, request: &Request) -> Reply {
    let visitor = match account::enter(app, request, AccountPage::Password).await? {
        Entry::SignedIn(visitor) => visitor,
        Entry::SignedOut(response) => return Ok(response),
    };
    if request.method != Method::POST {
        return show(app, &visitor, None).await;
    }
    match change(app, &visitor).await {
        Ok(()) => account::see_other(app, AccountPage::Password.path(), &Notice::PasswordChanged),
        Err(error) => show(app, &visitor, Some(&error.shown()?)).await,
    }
}

async fn change(app: &App, visitor: &Visitor<'_>) -> Result<(), AccountError> {
    visitor.count(app).await?;
    let new = NewPassword {
        current: Secret::new(visitor.typed("current_password").to_owned()),
        new: Secret::new(visitor.typed("new_password").to_owned()),
        keep: Some(&visitor.session.id),
        locale: visitor.locale(),
    };
    account::change_password(app, &visitor.user, &new, &visitor.cause()).await
}

async fn show(app: &App, visitor: &Visitor<'_>, wrong: Option<&Rejection>) -> Reply {
    let user = &visitor.user;
    let primary = IdentifierKind::ALL.into_iter().find_map(|kind| user.primary(kind));
    let shortest = settings::load(app).await?.passwords.shortest;
    let page = AccountPassword {
        frame: visitor.frame(app, wrong).await?,
        signed_in_as: user.display_name().to_owned(),
        username: primary.map(|own| own.value.clone()).unwrap_or_default(),
        password_minimum: u32::try_from(shortest).unwrap_or(u32::MAX),
    };
    visitor.show(app, &Page::AccountPassword(page), wrong)
}
