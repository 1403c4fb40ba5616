//! `GET, PATCH /v1/account/profile` and the page `/account/profile`, which is also the account centre's home: the customer's profile.

use http::{Method, StatusCode, header};
use serde_json::{Map, Value, json};
use shared::account::{self, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose, Wrong};
use shared::http::{Params, Request, Response};
use shared::page::{AccountProfile, IdentifierRow, Notice, Page, ProfileValues};

/// The Lambda `account-profile`.
pub const FUNCTION: Function =
    Function::page("account-profile", |app, request| Box::pin(handle(app, request)));

/// The claims that the page's form holds.
const FIELDS: [&str; 7] =
    ["name", "given_name", "family_name", "nickname", "birthdate", "zoneinfo", "locale"];

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() {
        return api(app, &request).await;
    }
    match account::visitor(app, &request).await? {
        None => flow::begin(app, &request, Purpose::Account { page: AccountPage::Profile }).await,
        Some(visitor) if request.method == Method::POST => save(app, visitor).await,
        Some(visitor) => show(app, &visitor, None).await,
    }
}

async fn api(app: &App, request: &Request) -> Reply {
    let mut caller = account::caller(app, request).await?;
    if request.method == Method::PATCH {
        let patch: Map<String, Value> = request.json()?;
        account::check_unchanged(request, &caller.user)?;
        if let Err(wrong) = account::change_profile(app, &mut caller.user, &patch, &caller.context).await? {
            return Ok(wrong.details(Map::new()));
        }
    }
    let response = Response::json(StatusCode::OK, &account::profile_json(&caller.user)?)?;
    Ok(response.header(header::ETAG, &account::etag(&caller.user)))
}

async fn save(app: &App, mut visitor: Visitor<'_>) -> Reply {
    let form = visitor.form(app).await?;
    let patch = FIELDS.map(|field| (field.to_owned(), json!(form.get(field)))).into_iter().collect();
    match account::change_profile(app, &mut visitor.user, &patch, &visitor.context).await? {
        Ok(()) => account::see_other(app, AccountPage::Profile.path(), &Notice::ProfileSaved),
        Err(wrong) => show(app, &visitor, Some((wrong, form))).await,
    }
}

async fn show(app: &App, visitor: &Visitor<'_>, failed: Option<(Wrong, Params)>) -> Reply {
    let (wrong, typed) = failed.unzip();
    let identifiers = visitor.user.identifiers.iter().map(|own| IdentifierRow {
        kind: own.kind.into(),
        value: own.value.clone(),
        verified: own.verified_at.is_some(),
    });
    let page = Page::AccountProfile(AccountProfile {
        frame: visitor.frame(app, wrong.as_ref()).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        values: values(visitor, typed.as_ref()),
        identifiers: identifiers.collect(),
    });
    visitor.show(app, &page, wrong.as_ref())
}

/// What was typed, else what is saved.
fn values(visitor: &Visitor<'_>, typed: Option<&Params>) -> ProfileValues {
    let profile = &visitor.user.profile;
    let value = |field: &str, saved: &Option<String>| match typed {
        Some(typed) => typed.get(field).unwrap_or_default().to_owned(),
        None => saved.clone().unwrap_or_default(),
    };
    ProfileValues {
        name: value("name", &profile.name),
        given_name: value("given_name", &profile.given_name),
        family_name: value("family_name", &profile.family_name),
        nickname: value("nickname", &profile.nickname),
        birthdate: value("birthdate", &profile.birthdate),
        zoneinfo: value("zoneinfo", &profile.zoneinfo),
        locale: value("locale", &profile.locale),
    }
}
