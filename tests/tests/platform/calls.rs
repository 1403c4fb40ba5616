//! What each endpoint costs: its calls to AWS when everything that seldom changes is cached. A new call here is a decision.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::json;
use tests::{ADA, Application, PASSWORD, View, World};

type Calls = BTreeMap<String, u64>;

fn calls(expected: &[(&str, u64)]) -> Calls {
    expected.iter().map(|(name, count)| (format!("dynamodb.{name}"), *count)).collect()
}

/// The calls of one request, made after another of its kind has warmed the caches.
async fn measured(world: &World, request: http::Request<bytes::Bytes>) -> (View, Calls) {
    let path = request.uri().to_string();
    let (response, calls) = world.calls_of(world.send(request)).await;
    (View::of(&path, response), calls)
}

#[tokio::test]
async fn client_credentials_cost_nothing_when_warm() {
    let world = World::start().await;
    let service = Application::service(&world).await;
    let request = service.token_request(&[("grant_type", "client_credentials"), ("scope", "demo.read")]);
    service.tokens(&world, request.clone()).await;
    let (answer, cost) = measured(&world, request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(cost, Calls::new());
}

#[tokio::test]
async fn metadata_costs_nothing_when_warm() {
    let world = World::start().await;
    for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/openapi.json", "/health"] {
        world.visitor().get(path).await;
        let (_, cost) = measured(&world, world.visitor().request(Method::GET, path, &[])).await;
        assert_eq!(cost, Calls::new(), "{path}");
    }
}

#[tokio::test]
async fn tokens_cost_what_single_use_needs() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let warm = application.sign_in(&world, ADA).await;
    world.get_as("/oauth2/userinfo", warm.access()).await;
    application.is_active(&world, warm.access()).await;

    let code = application.code(&mut world.visitor(), ADA).await;
    let (answer, cost) = measured(&world, application.redemption(&code)).await;
    let tokens = tests::Tokens(answer.json());
    assert_eq!(
        cost,
        calls(&[("GetItem", 1), ("BatchGetItem", 1), ("TransactWriteItems", 1)]),
        "authorization_code"
    );

    let (answer, cost) = measured(&world, application.refreshment(tokens.refresh())).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("TransactWriteItems", 1)]), "refresh_token");
    let tokens = tests::Tokens(answer.json());

    let (_, cost) = world.calls_of(world.get_as("/oauth2/userinfo", tokens.access())).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1)]), "userinfo");

    let (_, cost) = world.calls_of(application.is_active(&world, tokens.access())).await;
    assert_eq!(cost, calls(&[("BatchGetItem", 1)]), "introspect");
}

#[tokio::test]
async fn a_sign_in_costs_few_calls() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    application.sign_in(&world, ADA).await;

    let mut visitor = world.visitor();
    let (answer, cost) =
        measured(&world, visitor.request(Method::GET, &application.authorize_path(&[]), &[])).await;
    assert!(answer.location().is_some());
    assert_eq!(cost, calls(&[("PutItem", 1)]), "authorize, a stranger");

    let start = visitor.get(&application.authorize_path(&[])).await;
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let (answer, cost) =
        measured(&world, visitor.request_of(&password, "sign-in", &[("password", PASSWORD)])).await;
    assert!(answer.location().is_some(), "{}", answer.status);
    let total: u64 = cost.values().sum();
    assert!(total <= 6, "password: {cost:?}");
    assert!(cost.keys().all(|name| name.starts_with("dynamodb.")), "no KMS: {cost:?}");

    let mut known = world.visitor();
    application.code(&mut known, ADA).await;
    let (answer, cost) =
        measured(&world, known.request(Method::GET, &application.authorize_path(&[]), &[])).await;
    assert!(answer.location().unwrap().contains("code="));
    let total: u64 = cost.values().sum();
    assert!(total <= 4, "authorize, signed in: {cost:?}");
}
