//! What customers and their clients do with an account.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;
use tests::{ADA, Application, PASSWORD, World, value_of};

use super::clients::call;
use super::expect;

const FIRST: &str = "a brand new pass phrase 61";
const SECOND: &str = "a brand new pass phrase 62";

pub(super) async fn pages(world: &World) {
    let application = Application::register(world, json!({})).await;
    let mut ada = world.visitor();
    application.code(&mut ada, ADA).await;
    let page = ada.get("/account/profile").await;
    expect(&ada.submit(&page, "profile", &[("nickname", "Countess")]).await, 200);
    let grants = ada.get("/account/grants").await;
    let form = grants.forms().into_iter().find(|form| form.fields.get("grant") == Some(&application.id));
    let fields = form.unwrap().fields;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    expect(&ada.post("/account/grants", &fields).await, 200);
    assert_eq!(world.events("consent.withdrawn").await.len(), 1);
    let page = ada.get("/account/sessions").await;
    expect(&ada.submit(&page, "end-others-form", &[]).await, 200);
    let page = ada.get("/account/password").await;
    let typed = [("current_password", PASSWORD), ("new_password", FIRST)];
    expect(&ada.submit(&page, "password", &typed).await, 200);
    assert_eq!(world.events("password.changed").await.len(), 1);
}

async fn session_ids(world: &World, token: &str) -> BTreeSet<String> {
    let listed = expect(&call(world, token, Method::GET, "/v1/account/sessions", None).await, 200);
    let sessions = listed["sessions"].as_array().unwrap().iter();
    sessions.map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

pub(super) async fn api(world: &World) {
    let application = Application::register(world, json!({})).await;
    let mut ada = world.visitor();
    let start = ada.get(&application.authorize_path(&[("scope", "openid account")])).await;
    let password = ada.submit(&start, "identify", &[("identifier", ADA)]).await;
    let question = ada.submit(&password, "sign-in", &[("password", FIRST)]).await;
    let end = ada.complete(question, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    let tokens = application.tokens(world, application.redemption(&code)).await;
    let token = tokens.access();
    let profile = "/v1/account/profile";
    expect(&call(world, token, Method::GET, profile, None).await, 200);
    let changed = call(world, token, Method::PATCH, profile, Some(json!({ "nickname": "Ada" }))).await;
    assert_eq!(changed.status.as_u16() / 100, 2, "{}", changed.body);

    let before = session_ids(world, token).await;
    let mut elsewhere = world.visitor();
    let start = elsewhere.get("/account").await;
    let password = elsewhere.submit(&start, "identify", &[("identifier", ADA)]).await;
    elsewhere.submit(&password, "sign-in", &[("password", FIRST)]).await;
    let after = session_ids(world, token).await;
    let other = after.difference(&before).next().unwrap();
    expect(&call(world, token, Method::DELETE, &format!("/v1/account/sessions/{other}"), None).await, 204);
    assert!(!elsewhere.is_signed_in().await);
    expect(&call(world, token, Method::DELETE, "/v1/account/sessions", None).await, 204);
    let granted = Application::register(world, json!({})).await;
    granted.code(&mut ada, ADA).await;
    expect(&call(world, token, Method::GET, "/v1/account/grants", None).await, 200);
    let path = format!("/v1/account/grants/{}", granted.id);
    expect(&call(world, token, Method::DELETE, &path, None).await, 204);
    let passwords = json!({ "current_password": FIRST, "new_password": SECOND });
    expect(&call(world, token, Method::POST, "/v1/account/password", Some(passwords)).await, 204);
}
