//! `GET`, `PATCH /v1/account/profile` for clients, `GET`, `POST /account/profile` for browsers: the customer's own profile. The page
//! is the account centre's home as well, `GET /account`.

use http::{Method, StatusCode, header};
use serde_json::{Map, Value};
use shared::account::{self, AccountError, Caller, Change, Entry, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{AccountPage, Rejection};
use shared::http::{Request, Response, has_entity_tag};
use shared::identity::User;
use shared::page::{AccountProfile, IdentifierRow, Notice, Page, ProfileValues};
use shared::store::Stored;

/// The Lambda `account-profile`.
pub const FUNCTION: Function =
    Function::page("account-profile", |app, request| Box::pin(handle(app, request)));

/// What the page edits.
const FIELDS: [&str; 7] =
    ["name", "given_name", "family_name", "nickname", "birthdate", "zoneinfo", "locale"];

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() { api(app, &request).await } else { page(app, &request).await }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    if request.method == Method::PATCH {
        return change(app, request, caller).await;
    }
    if has_entity_tag(request, &account::entity_tag(&caller.user)) {
        return Ok(Response::empty(StatusCode::NOT_MODIFIED));
    }
    document(&caller.user)
}

async fn change(app: &App, request: &Request, caller: Caller) -> Reply {
    let patch: Map<String, Value> = request.json()?;
    caller.count(app).await?;
    let cause = caller.cause();
    let change = Change { patch: &patch, if_match: request.header(header::IF_MATCH) };
    document(&account::change_profile(app, caller.user.clone(), &change, &cause).await?)
}

fn document(user: &Stored<User>) -> Reply {
    let response = Response::json(StatusCode::OK, &account::profile_json(user))?;
    Ok(response.header(header::ETAG, &account::entity_tag(user)))
}

async fn page(app: &App, request: &Request) -> Reply {
    let visitor = match account::enter(app, request, AccountPage::Profile).await? {
        Entry::SignedIn(visitor) => visitor,
        Entry::SignedOut(response) => return Ok(response),
    };
    if request.method != Method::POST {
        let profile = &visitor.user.profile;
        let saved = |name: &str| serde_json::json!(profile)[name].as_str().unwrap_or_default().to_owned();
        return show(app, &visitor, values(saved), None).await;
    }
    match save(app, &visitor).await {
        Ok(()) => account::see_other(app, AccountPage::Profile.path(), &Notice::ProfileSaved),
        Err(error) => {
            let typed = values(|name| visitor.typed(name).to_owned());
            show(app, &visitor, typed, Some(&error.shown()?)).await
        }
    }
}

async fn save(app: &App, visitor: &Visitor<'_>) -> Result<(), AccountError> {
    visitor.count(app).await?;
    let typed = visitor.params.iter().filter(|(name, _)| FIELDS.contains(name));
    let patch = typed.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let change = Change { patch: &patch, if_match: None };
    account::change_profile(app, visitor.user.clone(), &change, &visitor.cause()).await.map(|_| ())
}

async fn show(app: &App, visitor: &Visitor<'_>, values: ProfileValues, wrong: Option<&Rejection>) -> Reply {
    let user = &visitor.user;
    let page = AccountProfile {
        frame: visitor.frame(app, wrong).await?,
        signed_in_as: user.display_name().to_owned(),
        values,
        identifiers: user
            .identifiers
            .iter()
            .map(|own| IdentifierRow {
                kind: own.kind.into(),
                value: own.value.clone(),
                verified: own.verified_at.is_some(),
            })
            .collect(),
    };
    visitor.show(app, &Page::AccountProfile(page), wrong)
}

fn values(of: impl Fn(&str) -> String) -> ProfileValues {
    ProfileValues {
        name: of("name"),
        given_name: of("given_name"),
        family_name: of("family_name"),
        nickname: of("nickname"),
        birthdate: of("birthdate"),
        zoneinfo: of("zoneinfo"),
        locale: of("locale"),
    }
}
