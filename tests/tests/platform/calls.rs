//! What each endpoint costs: its calls to AWS when everything that seldom changes is cached. A new call here is a decision.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::json;
use tests::{ADA, Application, Holder, PASSWORD, Tokens, View, World};

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
async fn a_proof_of_a_key_costs_one_write() {
    let world = World::start().await;
    let (service, holder) = (Application::service(&world).await, Holder::default());
    let application = Application::register(&world, json!({})).await;
    let prove = |request| holder.prove(request, world.issuer(), world.clock.now());
    let request = || prove(service.token_request(&[("grant_type", "client_credentials")]));
    service.tokens(&world, request()).await;
    let (answer, serving) = measured(&world, request()).await;
    assert_eq!(answer.status, StatusCode::OK);
    application.sign_in(&world, ADA).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    let (answer, redeeming) = measured(&world, prove(application.redemption(&code))).await;
    let refreshment = prove(application.refreshment(refresh_token(&answer)));
    let (answer, refreshing) = measured(&world, refreshment).await;
    assert_eq!(Tokens(answer.json()).0["token_type"], "DPoP");
    assert_eq!(
        [("client_credentials", serving), ("authorization_code", redeeming), ("refresh_token", refreshing),],
        [
            ("client_credentials", calls(&[("PutItem", 1)])),
            ("authorization_code", calls(&[("GetItem", 1), ("PutItem", 1), ("TransactWriteItems", 1)])),
            ("refresh_token", calls(&[("BatchGetItem", 1), ("PutItem", 1), ("UpdateItem", 1)])),
        ]
    );
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
    let (answer, redeeming) = measured(&world, application.redemption(&code)).await;
    let (answer, refreshing) = measured(&world, application.refreshment(refresh_token(&answer))).await;
    let tokens = Tokens(answer.json());
    let (_, asking) = world.calls_of(world.get_as("/oauth2/userinfo", tokens.access())).await;
    let (_, introspecting) = world.calls_of(application.is_active(&world, tokens.access())).await;
    application.ask(&world, application.post("/oauth2/revoke", &[("token", "unknown")])).await;
    let revoking = application.post("/oauth2/revoke", &[("token", tokens.refresh())]);
    let (_, revoking) = measured(&world, revoking).await;
    assert_eq!(
        [
            ("authorization_code", redeeming),
            ("refresh_token", refreshing),
            ("userinfo", asking),
            ("introspect", introspecting),
            ("revoke", revoking),
        ],
        [
            ("authorization_code", calls(&[("GetItem", 1), ("TransactWriteItems", 1)])),
            ("refresh_token", calls(&[("BatchGetItem", 1), ("UpdateItem", 1)])),
            ("userinfo", calls(&[("BatchGetItem", 1)])),
            ("introspect", calls(&[("BatchGetItem", 1)])),
            ("revoke", calls(&[("GetItem", 1), ("TransactWriteItems", 1)])),
        ]
    );
}

fn refresh_token(answer: &View) -> &str {
    answer
        .body
        .split("\"refresh_token\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_sign_in_costs_few_calls() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    application.sign_in(&world, ADA).await;
    let authorize = application.authorize_path(&[]);

    let mut visitor = world.visitor();
    let (_, beginning) = measured(&world, visitor.request(Method::GET, &authorize, &[])).await;
    let start = visitor.get(&authorize).await;
    let (_, looking) = measured(&world, visitor.request(Method::GET, &start.path, &[])).await;
    let identify = visitor.request_of(&start, "identify", &[("identifier", ADA)]);
    let (_, identifying) = measured(&world, identify).await;
    let start = visitor.get(&authorize).await;
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let password = visitor.request_of(&password, "sign-in", &[("password", PASSWORD)]);
    let (answer, proving) = measured(&world, password).await;
    assert!(answer.location().is_some(), "{}", answer.status);

    let mut known = world.visitor();
    application.code(&mut known, ADA).await;
    let (answer, signing_on) = measured(&world, known.request(Method::GET, &authorize, &[])).await;
    assert!(answer.location().is_some_and(|location| location.contains("code=")));
    assert_eq!(
        [
            ("authorize, a stranger", beginning),
            ("the identifier page", looking),
            ("identify", identifying),
            ("password", proving),
            ("authorize, signed in", signing_on),
        ],
        [
            ("authorize, a stranger", calls(&[("PutItem", 1)])),
            ("the identifier page", calls(&[("GetItem", 1)])),
            ("identify", calls(&[("GetItem", 1), ("PutItem", 1)])),
            (
                "password",
                calls(&[("BatchGetItem", 1), ("GetItem", 2), ("PutItem", 1), ("TransactWriteItems", 1)])
            ),
            ("authorize, signed in", calls(&[("BatchGetItem", 2), ("PutItem", 1)])),
        ]
    );
}

#[tokio::test]
async fn a_device_costs_a_read_and_a_write_for_each_poll() {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
    let world = World::start().await;
    let metadata = json!({ "grant_types": [GRANT], "redirect_uris": [], "response_types": [] });
    let tv = Application::register(&world, metadata).await;
    Application::register(&world, json!({})).await.sign_in(&world, ADA).await;
    let ask = tv.post("/oauth2/device_authorization", &[("scope", "openid")]);
    tv.ask(&world, ask.clone()).await;
    let (given, asking) = measured(&world, ask).await;
    let code = given.json()["device_code"].as_str().unwrap().to_owned();
    let poll = tv.token_request(&[("grant_type", GRANT), ("device_code", &code)]);
    let (pending, waiting) = measured(&world, poll.clone()).await;
    assert_eq!(pending.json()["error"], "authorization_pending");
    let mut visitor = world.customer(ADA).await;
    let page = visitor.get("/device").await;
    let code = given.json()["user_code"].as_str().unwrap().to_owned();
    let enter = visitor.request_of(&page, "device", &[("user_code", &code)]);
    let (started, entering) = measured(&world, enter).await;
    assert!(started.location().is_some(), "{}", started.body);
    let question = visitor.get(started.location().unwrap().strip_prefix(world.issuer()).unwrap()).await;
    visitor.submit(&question, "consent", &[("decision", "allow")]).await;
    let (tokens, redeeming) = measured(&world, poll).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    assert_eq!(
        [
            ("device authorization", asking),
            ("a poll", waiting),
            ("a code that is typed", entering),
            ("the tokens", redeeming),
        ],
        [
            ("device authorization", calls(&[("TransactWriteItems", 1)])),
            ("a poll", calls(&[("GetItem", 1), ("UpdateItem", 1)])),
            ("a code that is typed", calls(&[("BatchGetItem", 2), ("GetItem", 2), ("PutItem", 2)])),
            ("the tokens", calls(&[("GetItem", 1), ("TransactWriteItems", 1)])),
        ]
    );
}
