//! The account in its owner's hands: the API for clients and the pages for browsers, their refusals, and what they cost.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tests::{ADA, Application, GRACE, PASSWORD, Tokens, View, Visitor, World};

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
async fn a_profile_is_changed_by_merge_patch() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let patch = |body| ada.call(Method::PATCH, "/v1/account/profile", Some(body));
    let view =
        patch(json!({ "nickname": "Countess", "address": { "locality": "London", "country": "UK" } })).await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    let view = patch(json!({ "nickname": null, "address": { "country": null } })).await;
    assert_eq!(view.json()["address"], json!({ "locality": "London" }));
    let profile = ada.get("/v1/account/profile").await;
    assert_eq!(profile["nickname"], Value::Null);
    assert_eq!(profile["identifiers"], json!([{ "kind": "email", "value": ADA, "verified": true }]));
    let events = world.events("user.updated").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event["actor"]["type"] == "user" && event["request"].is_string()));
    patch(json!({ "nickname": null })).await;
    assert_eq!(world.events("user.updated").await.len(), 2, "nothing changed, nothing is told");
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_told_field_by_field() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let body =
        json!({ "birthdate": "in spring", "name": "x".repeat(300), "roles": ["owner"], "nickname": "ok" });
    let view = ada.call(Method::PATCH, "/v1/account/profile", Some(body)).await;
    assert_eq!(view.status, StatusCode::BAD_REQUEST);
    assert_eq!(view.header(header::CONTENT_TYPE), Some("application/problem+json"));
    let errors = view.json()["errors"].clone();
    for error in [
        json!({ "field": "birthdate", "id": "birthdate-invalid" }),
        json!({ "field": "name", "id": "value-too-long", "maximum": 200 }),
        json!({ "field": "roles", "id": "value-invalid" }),
    ] {
        assert!(errors.as_array().unwrap().contains(&error), "{error} in {errors}");
    }
    assert_eq!(ada.get("/v1/account/profile").await["nickname"], Value::Null, "all or nothing");
    let many: serde_json::Map<_, _> = (0..200).map(|index| (format!("field{index}"), json!(1))).collect();
    let view = ada.call(Method::PATCH, "/v1/account/profile", Some(many.into())).await;
    assert_eq!(view.json()["errors"].as_array().unwrap().len(), 1, "the answer is bounded");
}

#[tokio::test]
async fn a_change_of_what_has_changed_since_is_refused() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let read = ada.call(Method::GET, "/v1/account/profile", None).await;
    let tag = read.header(header::ETAG).unwrap().to_owned();
    let patch = |name: &str| {
        Request::patch("/v1/account/profile")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/merge-patch+json")
            .header(header::IF_MATCH, &tag)
            .body(Bytes::from(json!({ "nickname": name }).to_string()))
            .unwrap()
    };
    assert_eq!(world.send(patch("first")).await.status(), StatusCode::OK);
    let late = View::of("", world.send(patch("second")).await);
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.json()["code"], "changed_meanwhile");
    assert_eq!(ada.get("/v1/account/profile").await["nickname"], "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn profile_changes_at_once_lose_nothing() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let fields = ["name", "given_name", "family_name", "nickname", "middle_name", "gender"];
    let request = |field: &&str| {
        Request::patch("/v1/account/profile")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(json!({ *field: "new" }).to_string()))
            .unwrap()
    };
    let answers = world.race_all(fields.iter().map(request).collect()).await;
    let profile = ada.get("/v1/account/profile").await;
    for (field, view) in fields.iter().zip(&answers) {
        match view.status {
            StatusCode::OK => assert_eq!(profile[field], "new", "{field}"),
            status => assert_eq!(status, StatusCode::CONFLICT, "{}", view.body),
        }
    }
    let done = answers.iter().filter(|view| view.status == StatusCode::OK).count();
    assert_eq!(world.events("user.updated").await.len(), done);
}

#[tokio::test]
async fn a_new_password_ends_what_was_begun_elsewhere() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let (mut elsewhere, mut forgotten) = (world.visitor(), world.visitor());
    let bound = sign_in(&world, &ada.application, (&mut elsewhere, ADA), BOUND).await;
    let lasting = sign_in(&world, &ada.application, (&mut forgotten, ADA), LASTING).await;
    let grace = world.customer(GRACE).await;

    let view = ada.change_password(PASSWORD, NEW).await;
    assert_eq!(view.status, StatusCode::NO_CONTENT, "{}", view.body);
    assert!(!elsewhere.is_signed_in().await && !forgotten.is_signed_in().await);
    assert!({ grace }.is_signed_in().await, "others are left alone");
    assert!(ada.is_active(&ada.tokens).await, "the caller's own session goes on");
    assert!(!ada.is_active(&bound).await, "what was granted there has ended with it");
    assert!(ada.is_active(&lasting).await, "but for what outlasts its session");
    assert_eq!(ada.sessions().await.len(), 1);

    assert_eq!(world.events("password.changed").await.len(), 1);
    assert_eq!(world.events("session.ended").await.len(), 2);
    assert_eq!(world.events("grant.revoked").await.len(), 1);
    let [mail] = &world.messages(ADA).await[..] else { panic!("one notice is sent") };
    assert!(mail.contains("/recover"), "{mail}");
    let late = ada.change_password(PASSWORD, "yet another pass phrase 9").await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "the old one is not known any more");
}

#[tokio::test]
async fn a_new_password_is_checked_and_the_present_one_demanded() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    for (current, new, field, id) in [
        ("not my password", NEW, "current_password", "password-wrong"),
        ("", NEW, "current_password", "password-required"),
        (PASSWORD, "", "new_password", "password-required"),
        (PASSWORD, "short", "new_password", "password-too-short"),
        (PASSWORD, PASSWORD, "new_password", "password-unchanged"),
        (PASSWORD, "ada@example.com ada", "new_password", "password-too-weak"),
    ] {
        let view = ada.change_password(current, new).await;
        assert_eq!(view.status, StatusCode::BAD_REQUEST);
        let error = &view.json()["errors"][0];
        assert_eq!((&error["field"], &error["id"]), (&json!(field), &json!(id)), "{}", view.body);
    }
    let failed = world.audited("password.change_failed").await;
    assert_eq!(failed.len(), 1);
    assert!(!failed[0].to_string().contains("not my"), "no password in the audit log");
    assert!(world.events("password.changed").await.is_empty());
}

#[tokio::test]
async fn a_thief_of_a_session_does_not_guess_without_end_nor_slow_the_owner() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let mut answers = Vec::new();
    for index in 0..8 {
        answers.push(ada.change_password(&format!("guess number {index}"), NEW).await);
    }
    let refused = answers.last().unwrap();
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header(header::RETRY_AFTER).is_some());
    assert_eq!(answers.iter().filter(|view| view.status == StatusCode::BAD_REQUEST).count(), 5);
    let owner = world.customer(ADA).await;
    assert!({ owner }.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_password_changes_wins() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let requests = (0..5).map(|index| {
        let new = format!("a brand new pass phrase {index}");
        Request::post("/v1/account/password")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(json!({ "current_password": PASSWORD, "new_password": new }).to_string()))
            .unwrap()
    });
    let answers = world.race_all(requests.collect()).await;
    let done = answers.iter().filter(|view| view.status == StatusCode::NO_CONTENT).count();
    assert!(answers.iter().all(|view| !view.status.is_server_error()));
    assert_eq!(world.events("password.changed").await.len(), done);
    assert!(done >= 1);
}

#[tokio::test]
async fn sessions_are_listed_in_parts() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let grace = Agent::of(&world, GRACE).await;
    let mut browser = world.visitor();
    browser.headers.push((
        "user-agent".into(),
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
    ));
    browser.sign_in(ADA).await;
    let first = ada.get("/v1/account/sessions?limit=1").await;
    let cursor = first["next"].as_str().unwrap();
    let second = ada.get(&format!("/v1/account/sessions?limit=1&after={cursor}")).await;
    let both = [&first["sessions"][0], &second["sessions"][0]];
    assert_ne!(both[0]["id"], both[1]["id"]);
    assert_eq!(both.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(both.iter().any(|session| session["device"] == "Firefox, Linux"));
    assert!(!first.to_string().contains("lk_ss"), "no handle, nor its hash");
    let path = format!("/v1/account/sessions?after={cursor}");
    for (agent, path) in [
        (&grace, path.as_str()),
        (&ada, "/v1/account/sessions?after=x"),
        (&ada, "/v1/account/sessions?limit=0"),
    ] {
        let view = agent.call(Method::GET, path, None).await;
        assert_eq!(view.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_alone() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let grace = Agent::of(&world, GRACE).await;
    let mut elsewhere = world.visitor();
    let bound = sign_in(&world, &ada.application, (&mut elsewhere, ADA), BOUND).await;
    let sessions = ada.sessions().await;
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/v1/account/sessions/{}", other["id"].as_str().unwrap());

    let foreign = grace.call(Method::DELETE, &path, None).await;
    let unknown = grace.call(Method::DELETE, "/v1/account/sessions/ses_x", None).await;
    assert_eq!((foreign.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(foreign.json()["detail"], unknown.json()["detail"], "nobody learns that it is there");
    assert!(elsewhere.is_signed_in().await);

    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(!elsewhere.is_signed_in().await);
    assert!(!ada.is_active(&bound).await);
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.events("session.ended").await.len(), 1);
}

#[tokio::test]
async fn a_grant_is_withdrawn_with_the_consent() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let printer = Application::register(&world, json!({ "client_name": "Printer" })).await;
    let mut browser = world.visitor();
    let lasting = sign_in(&world, &printer, (&mut browser, ADA), LASTING).await;
    sign_in(&world, &printer, (&mut browser, ADA), &[("scope", "openid")]).await;
    let grants = ada.get("/v1/account/grants").await;
    let of_printer = |grants: &Value| {
        let grants = grants["grants"].as_array().unwrap().clone();
        grants.into_iter().find(|grant| grant["client_name"] == "Printer")
    };
    let shown = of_printer(&grants).unwrap();
    assert_eq!(shown["client_id"], printer.id.as_str());
    assert!(shown["scopes"].as_array().unwrap().contains(&json!("offline_access")));

    let path = format!("/v1/account/grants/{}", printer.id);
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(of_printer(&ada.get("/v1/account/grants").await).is_none());
    assert!(!printer.is_active(&world, lasting.access()).await);
    assert_eq!(printer.refusal(&world, printer.refreshment(lasting.refresh())).await, "invalid_grant");
    assert_eq!(world.events("consent.withdrawn").await.len(), 1);
    assert_eq!(world.events("grant.revoked").await.len(), 2);
    let again = browser.get(&printer.authorize_path(&[("scope", "openid")])).await;
    assert!(again.form("consent").is_some(), "it asks anew");
    for path in [path.as_str(), "/v1/account/grants/nobody"] {
        assert_eq!(ada.call(Method::DELETE, path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
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
async fn a_page_says_once_what_was_done() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    let page = ada.get("/account").await;
    let saved = ada.submit(&page, "profile", &[("nickname", "Countess")]).await;
    assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, "/account/profile"));
    assert!(saved.body.contains("id=\"notice\""), "{}", saved.body);
    assert_eq!(saved.form("profile").unwrap().fields["nickname"], "Countess");
    assert!(!ada.get("/account/profile").await.body.contains("id=\"notice\""));
}

#[tokio::test]
async fn a_page_keeps_what_was_typed_wrong() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    let page = ada.get("/account/profile").await;
    let typed = [("birthdate", "in spring"), ("nickname", "Countess")];
    let wrong = ada.submit(&page, "profile", &typed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let fields = wrong.form("profile").unwrap().fields;
    assert_eq!((fields["birthdate"].as_str(), fields["nickname"].as_str()), ("in spring", "Countess"));
    assert!(wrong.body.contains("birthdate-error"));
    let page = ada.get("/account/password").await;
    let typed = [("current_password", "wrong"), ("new_password", NEW)];
    let wrong = ada.submit(&page, "password", &typed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("current_password-error") && !wrong.body.contains(NEW));
}

#[tokio::test]
async fn a_form_without_its_token_is_refused() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    for (path, fields) in [
        ("/account/profile", vec![("nickname", "Mallory")]),
        ("/account/password", vec![("current_password", PASSWORD), ("new_password", NEW)]),
        ("/account/sessions", vec![("action", "end_others")]),
        ("/account/grants", vec![("action", "revoke"), ("grant", "x")]),
    ] {
        let tx = ada.get(path).await.form("logout").unwrap().fields["tx"].clone();
        for token in [None, Some("wrong")] {
            let mut fields = fields.clone();
            fields.push(("tx", &tx));
            fields.extend(token.map(|token| ("csrf", token)));
            let view = ada.post(path, &fields).await;
            assert_eq!(view.status, StatusCode::FORBIDDEN, "{path} {token:?}");
        }
    }
    assert!(world.events("password.changed").await.is_empty());
    assert!(world.events("user.updated").await.is_empty());
}

#[tokio::test]
async fn a_form_of_one_account_does_not_change_another() {
    let world = World::start().await;
    let mut browser = world.customer(ADA).await;
    let of_ada = browser.get("/account/profile").await;
    // Grace signs in on the same browser, and is the current one from then on.
    let both = [&world.customer(GRACE).await.cookies["lk_session"], &browser.cookies["lk_session"]];
    let both = both.map(String::as_str).join(".");
    browser.cookies.insert("lk_session".into(), both);
    assert!(browser.get("/account").await.body.contains(GRACE));
    let view = browser.submit(&of_ada, "profile", &[("nickname", "mixed up")]).await;
    assert_eq!(view.status, StatusCode::FORBIDDEN);
    assert!(world.events("user.updated").await.is_empty());
}

#[tokio::test]
async fn sessions_are_ended_at_the_page() {
    let world = World::start().await;
    let (mut here, mut there, mut elsewhere) =
        (world.customer(ADA).await, world.customer(ADA).await, world.customer(ADA).await);
    let page = here.get("/account/sessions").await;
    let ending = page.forms().into_iter().find(|form| form.fields.contains_key("session")).unwrap();
    let fields: Vec<_> = ending.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let view = here.post("/account/sessions", &fields).await;
    assert!(view.body.contains("id=\"notice\""));
    assert_eq!(
        [there.is_signed_in().await, elsewhere.is_signed_in().await].iter().filter(|is| **is).count(),
        1
    );
    assert_eq!(here.post("/account/sessions", &fields).await.status, StatusCode::OK, "pressed twice");
    here.submit(&view, "end-others-form", &[]).await;
    assert!(here.is_signed_in().await && !there.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_eq!(world.events("session.ended").await.len(), 2);
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
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("GetItem", 1), ("Query", 1)]), "sessions");
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
    assert_eq!(cost, calls(&[("BatchGetItem", 1), ("GetItem", 1)]), "page");
}
