//! Dynamic client registration and its management (RFC 7591, RFC 7592).

use http::{StatusCode, header};
use serde_json::{Value, json};
use shared::oauth::registration::issue_initial_access;
use shared::settings::{self, RegistrationMode};

use tests::Web;

use crate::world::{Answer, World, text};

/// What a client says to the registration endpoint.
pub(crate) trait Register {
    async fn register(&self, metadata: &Value, bearer: Option<&str>) -> Answer;
    async fn manage(&self, method: &str, client: &Value, body: Option<&Value>) -> Answer;
}

impl Register for World {
    async fn register(&self, metadata: &Value, bearer: Option<&str>) -> Answer {
        let mut request =
            http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
        if let Some(bearer) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        self.send(request, metadata.to_string()).await
    }

    async fn manage(&self, method: &str, client: &Value, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", text(client, "registration_access_token"));
        let path = format!("/oauth2/register/{}", text(client, "client_id"));
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request, body.map(ToString::to_string).unwrap_or_default()).await
    }
}

pub(crate) fn metadata() -> Value {
    json!({
        "client_name": "Acme",
        "redirect_uris": ["http://localhost:8080/cb"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid demo.read",
    })
}

#[tokio::test]
async fn a_client_registers_and_uses_what_it_was_given() {
    let world = World::new().await;
    let answer = world.register(&metadata(), None).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let client = answer.json();
    assert!(text(&client, "client_secret").starts_with("lk_cs_"));
    assert_eq!(client["client_secret_expires_at"], 0);
    assert_eq!(client["scope"], "openid demo.read");
    let basic = Some((text(&client, "client_id"), text(&client, "client_secret")));
    let tokens = world.post("/oauth2/token", basic, &[("grant_type", "client_credentials")]).await;
    assert_eq!(tokens.json()["scope"], "demo.read");
}

#[tokio::test]
async fn a_client_keeps_its_registration() {
    let world = World::new().await;
    let client = world.register(&metadata(), None).await.json();
    let read = world.manage("GET", &client, None).await.json();
    assert_eq!((&read["client_name"], read.get("client_secret")), (&json!("Acme"), None));

    let mut changed = metadata();
    changed["client_id"] = client["client_id"].clone();
    changed["client_secret"] = client["client_secret"].clone();
    changed["client_name"] = json!("Acme Two");
    let updated = world.manage("PUT", &client, Some(&changed)).await;
    assert_eq!((updated.status, updated.json()["client_name"].as_str()), (StatusCode::OK, Some("Acme Two")));
    for (name, value) in [("client_id", json!("other")), ("client_secret", json!("wrong"))] {
        let mut wrong = changed.clone();
        wrong[name] = value;
        assert_eq!(world.manage("PUT", &client, Some(&wrong)).await.error().0, 400, "{name}");
    }

    assert_eq!(world.manage("DELETE", &client, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.manage("GET", &client, None).await.error(), (401, "invalid_token".to_owned()));
    let basic = Some((text(&client, "client_id"), text(&client, "client_secret")));
    let answer = world.post("/oauth2/token", basic, &[("grant_type", "client_credentials")]).await;
    assert_eq!(answer.error(), (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn who_goes_over_to_assertions_gets_a_secret_that_can_make_them() {
    let world = World::new().await;
    let client = world.register(&metadata(), None).await.json();
    let mut changed = metadata();
    changed["client_id"] = client["client_id"].clone();
    changed["token_endpoint_auth_method"] = json!("client_secret_jwt");
    let updated = world.manage("PUT", &client, Some(&changed)).await.json();
    assert_ne!(text(&updated, "client_secret"), text(&client, "client_secret"));
    assert_eq!(updated["token_endpoint_auth_signing_alg"], "HS256");
    let same = world.manage("PUT", &client, Some(&changed)).await.json();
    assert_eq!(same.get("client_secret"), None, "it can be used already");
    changed["token_endpoint_auth_signing_alg"] = json!("HS512");
    assert_eq!(world.manage("PUT", &client, Some(&changed)).await.error().0, 400);
}

/// A client that has a customer's other name already must not come to be one of somebody else's sector.
#[tokio::test]
async fn a_client_does_not_change_by_which_names_it_knows_customers() {
    let world = World::new().await;
    let own = "https://acme.example/cb";
    for (before, after, callback) in [
        ("public", "pairwise", own),
        ("pairwise", "public", own),
        ("pairwise", "pairwise", "https://victim.example/cb"),
    ] {
        let mut wanted = metadata();
        wanted["subject_type"] = json!(before);
        wanted["redirect_uris"] = json!([own]);
        let client = world.register(&wanted, None).await.json();
        wanted["client_id"] = client["client_id"].clone();
        assert_eq!(world.manage("PUT", &client, Some(&wanted)).await.status, StatusCode::OK);
        wanted["subject_type"] = json!(after);
        wanted["redirect_uris"] = json!([callback]);
        let refused = world.manage("PUT", &client, Some(&wanted)).await;
        assert_eq!(refused.error(), (400, "invalid_client_metadata".to_owned()), "{before} {after}");
        assert_eq!(world.manage("GET", &client, None).await.json()["redirect_uris"], json!([own]));
    }
}

#[tokio::test]
async fn a_client_changes_itself_so_often_and_no_more() {
    let world = World::new().await;
    let client = world.register(&metadata(), None).await.json();
    let mut changed = metadata();
    changed["client_id"] = client["client_id"].clone();
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.limits.per_address = 1;
    settings::save(world.app(), &settings).await.unwrap();
    let mut last = StatusCode::OK;
    for _ in 0..21 {
        last = world.manage("PUT", &client, Some(&changed)).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        world.manage("GET", &client, None).await.status,
        StatusCode::OK,
        "reading it is another matter"
    );
}

#[tokio::test]
async fn nobody_manages_the_client_of_another() {
    let world = World::new().await;
    let acme = world.register(&metadata(), None).await.json();
    let mut thief = world.register(&metadata(), None).await.json();
    thief["client_id"] = acme["client_id"].clone();
    for method in ["GET", "PUT", "DELETE"] {
        let answer = world.manage(method, &thief, Some(&metadata())).await;
        assert_eq!(answer.error(), (401, "invalid_token".to_owned()), "{method}");
    }
    assert_eq!(world.manage("GET", &acme, None).await.status, StatusCode::OK);
    thief["client_id"] = json!("A".repeat(2100));
    for method in ["GET", "PUT", "DELETE"] {
        let answer = world.manage(method, &thief, Some(&thief)).await;
        assert_eq!(answer.error(), (401, "invalid_token".to_owned()), "{method}");
    }
}

#[tokio::test]
async fn what_cannot_be_registered_has_the_codes_of_the_standard() {
    let world = World::new().await;
    let mut foreign = metadata();
    foreign["redirect_uris"] = json!(["http://acme.example/cb"]);
    assert_eq!(world.register(&foreign, None).await.error(), (400, "invalid_redirect_uri".to_owned()));
    let mut typed = metadata();
    typed["redirect_uris"] = json!("https://acme.example/cb");
    assert_eq!(world.register(&typed, None).await.error(), (400, "invalid_client_metadata".to_owned()));
    let mut turned = metadata();
    turned["client_name"] = json!("Acme \u{202e}gnp.exe");
    assert_eq!(world.register(&turned, None).await.error(), (400, "invalid_client_metadata".to_owned()));
}

#[tokio::test]
async fn an_empty_text_says_nothing() {
    let world = World::new().await;
    let plain = world.register(&metadata(), None).await.json();
    let mut blank = metadata();
    for name in plain.as_object().unwrap().keys().filter(|name| *name != "redirect_uris") {
        blank[name] = json!("");
    }
    for name in [
        "jwks",
        "jwks_uri",
        "logo_uri",
        "client_uri",
        "contacts",
        "default_max_age",
        "userinfo_signed_response_alg",
    ] {
        blank[name] = json!("");
    }
    let registered = world.register(&blank, None).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.json());
    let bare = world.register(&json!({ "redirect_uris": metadata()["redirect_uris"] }), None).await.json();
    for (name, value) in bare.as_object().unwrap() {
        let own = name.starts_with("client_") || name.starts_with("registration_");
        assert!(own || registered.json()[name] == *value, "{name}");
    }
    assert!(registered.json()["scope"].as_str().unwrap().contains("openid"), "all that may be asked for");
    let twice = r#"{"redirect_uris":["http://localhost:8080/cb"],"scope":"openid","scope":"demo.read"}"#;
    let request = http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
    let answer = world.send(request, twice.to_owned()).await;
    assert_eq!(answer.error(), (400, "invalid_client_metadata".to_owned()));
    let listed = json!({ "redirect_uris": ["http://localhost:8080/cb", 7] });
    let told = world.register(&listed, None).await.json()["error_description"].clone();
    assert!(told.as_str().unwrap().contains("redirect_uris[1]"), "{told}");
}

/// The algorithms of the published keys that sign.
async fn published(world: &World) -> Vec<String> {
    let set = world.send(http::Request::get("/.well-known/jwks.json"), String::new()).await.json();
    let keys = set["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig");
    keys.map(|key| text(key, "alg").to_owned()).collect()
}

/// Libraries refuse a whole set for one kind of key that they cannot read.
#[tokio::test]
async fn keys_are_published_when_somebody_asks_for_them() {
    let world = World::new().await;
    let sorted = async || {
        let mut algorithms = published(&world).await;
        algorithms.sort();
        algorithms
    };
    assert_eq!(sorted().await, ["ES256", "RS256"]);
    let client = world.register(&metadata(), None).await.json();
    assert_eq!(sorted().await, ["ES256", "RS256"]);
    let mut wanted = metadata();
    wanted["id_token_signed_response_alg"] = json!("EdDSA");
    assert_eq!(world.register(&wanted, None).await.status, StatusCode::CREATED);
    assert_eq!(sorted().await, ["ES256", "EdDSA", "RS256"]);
    wanted["userinfo_signed_response_alg"] = json!("PS256");
    wanted["client_id"] = client["client_id"].clone();
    assert_eq!(world.manage("PUT", &client, Some(&wanted)).await.status, StatusCode::OK);
    assert_eq!(sorted().await, ["ES256", "EdDSA", "PS256", "RS256"]);

    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.keys.algorithms.push(shared::keys::Algorithm::ES384);
    settings::save(world.app(), &settings).await.unwrap();
    world.app().clock.advance(std::time::Duration::from_secs(5));
    assert_eq!(sorted().await.len(), 5);
}

#[tokio::test]
async fn scripts_of_any_origin_register_where_anybody_may() {
    let world = World::new().await;
    let preflight = || {
        http::Request::options("/oauth2/register")
            .header(header::ORIGIN, "https://spa.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,x-trace")
    };
    let answer = world.send(preflight(), String::new()).await;
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "content-type,x-trace");
    let client = world.register(&metadata(), None).await;
    assert_eq!(client.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let read = world.manage("GET", &client.json(), None).await;
    assert_eq!(read.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let path = format!("/oauth2/register/{}", text(&client.json(), "client_id"));
    let managing = world.send(http::Request::options(path), String::new()).await;
    assert!(managing.headers[header::ACCESS_CONTROL_ALLOW_METHODS].to_str().unwrap().contains("DELETE"));

    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration.mode = RegistrationMode::InitialToken;
    settings::save(world.app(), &settings).await.unwrap();
    for answer in [world.send(preflight(), String::new()).await, world.register(&metadata(), None).await] {
        assert_eq!(answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }
}

#[tokio::test]
async fn an_initial_access_token_registers_as_often_as_it_says() {
    let world = World::new().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration.mode = RegistrationMode::InitialToken;
    settings::save(world.app(), &settings).await.unwrap();
    assert_eq!(world.register(&metadata(), None).await.error(), (401, "invalid_token".to_owned()));
    let lifetime = std::time::Duration::from_secs(60);
    let token = issue_initial_access(world.app(), 2, lifetime).await.unwrap();
    let bearer = Some(token.expose().as_str());
    let acme = metadata();
    let register = || world.register(&acme, bearer);
    let (a, b, c) = tokio::join!(register(), register(), register());
    let registered = [a, b, c].iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(registered, 2);
    let late = issue_initial_access(world.app(), 1, lifetime).await.unwrap();
    world.app().clock.advance(lifetime);
    let answer = world.register(&metadata(), Some(late.expose())).await;
    assert_eq!(answer.error(), (401, "invalid_token".to_owned()));

    let web = Web::around(world.app());
    let mut reaching = metadata();
    reaching["sector_identifier_uri"] = json!("https://acme.example/sector.json");
    for spent in [Some(late.expose().as_str()), bearer] {
        assert_eq!(world.register(&reaching, spent).await.error(), (401, "invalid_token".to_owned()));
    }
    assert!(web.asked().is_empty(), "nobody has us read documents without a right to register");

    settings.registration.mode = RegistrationMode::Closed;
    settings::save(world.app(), &settings).await.unwrap();
    assert_eq!(world.register(&metadata(), None).await.error(), (403, "access_denied".to_owned()));
}

#[tokio::test]
async fn a_policy_narrows_what_clients_may_have() {
    let world = World::new().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration.allowed_scopes = vec!["openid".to_owned()];
    settings.registration.grant_types = vec!["authorization_code".to_owned()];
    settings.registration.redirect_hosts =
        ["acme.example", "*.acme.example", "com.acme.app:"].map(str::to_owned).to_vec();
    settings::save(world.app(), &settings).await.unwrap();
    let register = async |uri: &str, kind: &str| {
        let mut wanted = metadata();
        wanted["redirect_uris"] = json!([uri]);
        wanted["application_type"] = json!(kind);
        world.register(&wanted, None).await
    };
    let acme = register("https://acme.example/cb", "web").await.json();
    assert_eq!((&acme["scope"], &acme["grant_types"]), (&json!("openid"), &json!(["authorization_code"])));
    assert_eq!(register("https://shop.acme.example/cb", "web").await.status, StatusCode::CREATED);
    assert_eq!(register("com.acme.app:/cb", "native").await.status, StatusCode::CREATED);
    for (uri, kind) in [
        ("https://evil.example/cb", "web"),
        ("https://evilacme.example/cb", "web"),
        ("https://acme.example.evil.example/cb", "web"),
        ("http://127.0.0.1/cb", "native"),
        ("com.acme.other:/cb", "native"),
    ] {
        assert_eq!(register(uri, kind).await.error(), (400, "invalid_redirect_uri".to_owned()), "{uri}");
    }
    for (uri, status) in [("https://acme.example/bye", 201), ("https://evil.example/bye", 400)] {
        let mut wanted = metadata();
        wanted["redirect_uris"] = json!(["https://acme.example/cb"]);
        wanted["post_logout_redirect_uris"] = json!([uri]);
        assert_eq!(world.register(&wanted, None).await.status.as_u16(), status, "{uri}");
    }
    let mut service = metadata();
    service["grant_types"] = json!(["client_credentials"]);
    assert_eq!(world.register(&service, None).await.error(), (400, "invalid_client_metadata".to_owned()));
}
