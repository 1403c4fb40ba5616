//! The account in its owner's hands: the API for clients and the pages for browsers, their refusals, and what they cost.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod grants;
mod pages;
mod password;
mod profile;
mod sessions;
mod unfetched;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tests::{ADA, Application, PASSWORD, Tokens, View, Visitor, World};

const NEW: &str = "a brand new pass phrase 52";
const BOUND: &[(&str, &str)] = &[("scope", "openid account"), ("prompt", "consent")];
const LASTING: &[(&str, &str)] = &[("scope", "openid account offline_access"), ("prompt", "consent")];

/// An application that acts for a customer.
struct Agent<'w> {
    world: &'w World,
    application: Application,
    tokens: Tokens,
}

impl<'w> Agent<'w> {
    async fn of(world: &'w World, email: &str) -> Self {
        let application = Application::register(world, json!({})).await;
        let tokens = sign_in(world, &application, (&mut world.visitor(), email), BOUND).await;
        Self { world, application, tokens }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> View {
        call(self.world, Some(self.tokens.access()), (method, path), body).await
    }

    async fn get(&self, path: &str) -> Value {
        let view = self.call(Method::GET, path, None).await;
        assert_eq!(view.status, StatusCode::OK, "{}", view.body);
        view.json()
    }

    async fn change_password(&self, current: &str, new: &str) -> View {
        let body = json!({ "current_password": current, "new_password": new });
        self.call(Method::POST, "/v1/account/password", Some(body)).await
    }

    async fn sessions(&self) -> Vec<Value> {
        self.get("/v1/account/sessions").await["sessions"].as_array().unwrap().clone()
    }

    async fn is_active(&self, tokens: &Tokens) -> bool {
        self.application.is_active(self.world, tokens.access()).await
    }
}

async fn sign_in(
    world: &World,
    application: &Application,
    (visitor, email): (&mut Visitor<'_>, &str),
    parameters: &[(&str, &str)],
) -> Tokens {
    let start = visitor.get(&application.authorize_path(parameters)).await;
    let end = visitor.complete(start, email).await;
    let code = tests::value_of(end.location().expect("a way back"), "code").expect("a code");
    application.tokens(world, application.redemption(&code)).await
}

async fn call(
    world: &World,
    token: Option<&str>,
    (method, path): (Method, &str),
    body: Option<Value>,
) -> View {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    View::of(path, world.send(request.body(Bytes::from(body)).unwrap()).await)
}

fn calls(expected: &[(&str, u64)]) -> BTreeMap<String, u64> {
    expected.iter().map(|(name, count)| (format!("dynamodb.{name}"), *count)).collect()
}

#[tokio::test]
async fn the_api_takes_tokens_of_the_scope_and_nothing_else() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let narrow =
        sign_in(&world, &ada.application, (&mut world.visitor(), ADA), &[("scope", "openid email")]).await;
    let service = Application::service(&world).await;
    let form = [("grant_type", "client_credentials"), ("scope", "demo.read")];
    let own = service.tokens(&world, service.token_request(&form)).await;
    for (method, path) in [
        (Method::GET, "/v1/account/profile"),
        (Method::PATCH, "/v1/account/profile"),
        (Method::POST, "/v1/account/password"),
        (Method::GET, "/v1/account/sessions"),
        (Method::DELETE, "/v1/account/sessions"),
        (Method::DELETE, "/v1/account/sessions/ses_x"),
        (Method::GET, "/v1/account/grants"),
        (Method::DELETE, "/v1/account/grants/x"),
    ] {
        let bare = call(&world, None, (method.clone(), path), None).await;
        assert_eq!(bare.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(bare.header(header::WWW_AUTHENTICATE).unwrap().starts_with("Bearer"), "{path}");
        let refused = call(&world, Some(narrow.access()), (method.clone(), path), None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.header(header::WWW_AUTHENTICATE).unwrap().contains("insufficient_scope"), "{path}");
        let foreign = call(&world, Some(own.access()), (method, path), None).await;
        assert_eq!(foreign.status, StatusCode::UNAUTHORIZED, "{path}: for another API");
    }
}

#[tokio::test]
async fn the_account_costs_few_calls() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    for path in ["/v1/account/profile", "/v1/account/sessions", "/v1/account/grants"] {
        ada.get(path).await;
    }
    let (_, cost) = world.calls_of(ada.get("/v1/account/profile")).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1)]), "profile");
    let (_, cost) = world.calls_of(ada.get("/v1/account/sessions")).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("Query", 1)]), "sessions");
    let (_, cost) = world.calls_of(ada.get("/v1/account/grants")).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("Query", 2)]), "grants");

    // A change is counted with one write, and done with one.
    let change = ada.call(Method::PATCH, "/v1/account/profile", Some(json!({ "nickname": "Countess" })));
    let (_, cost) = world.calls_of(change).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("PutItem", 1), ("TransactWriteItems", 1)]), "patch");

    let mut elsewhere = world.visitor();
    sign_in(&world, &ada.application, (&mut elsewhere, ADA), BOUND).await;
    world.advance(std::time::Duration::from_secs(60));
    let (view, cost) = world.calls_of(ada.change_password(PASSWORD, NEW)).await;
    assert_eq!(view.status, StatusCode::NO_CONTENT);
    assert_eq!(cost["dynamodb.TransactWriteItems"], 1, "one transaction for all that ends: {cost:?}");
    assert!(cost.keys().all(|name| name.starts_with("dynamodb.")), "no KMS: {cost:?}");

    let mut browser = world.visitor();
    let start = browser.get("/account").await;
    let page = browser.submit(&start, "identify", &[("identifier", ADA)]).await;
    browser.submit(&page, "sign-in", &[("password", NEW)]).await;
    let (view, cost) = world.calls_of(browser.get("/account")).await;
    assert_eq!(view.status, StatusCode::OK);
    assert_eq!(cost, calls(&[("BatchGetItem", 1)]), "page");
}
