//! Pushed authorization requests (RFC 9126): who may push what, and what the reference is good for.

use std::time::Duration;

use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use shared::client::Status;
use shared::settings;

use crate::world::{Answer, ISSUER, SHOP, SHOP_CALLBACK, World, claims};

const REFERENCE: &str = "urn:ietf:params:oauth:request_uri:lk_pr_";

impl World {
    async fn push(&self, request: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/par", None, request).await
    }

    /// The reference to a good request of the shop.
    async fn reference(&self) -> String {
        let answer = self.push(&Self::request("openid email")).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        answer.json()["request_uri"].as_str().unwrap().to_owned()
    }

    async fn bring(&self, client: &str, reference: &str) -> Answer {
        self.visit("/oauth2/authorize", &[("client_id", client), ("request_uri", reference)]).await
    }
}

#[tokio::test]
async fn a_pushed_request_gives_a_code_once() {
    let world = World::new().await;
    let pushed = world.push(&World::request("openid email")).await;
    assert_eq!(
        (pushed.status, &pushed.headers[header::CACHE_CONTROL]),
        (StatusCode::CREATED, &"no-store".parse().unwrap())
    );
    assert_eq!(pushed.json()["expires_in"], 90);
    let reference = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(reference.starts_with(REFERENCE));
    let answer = world.bring(SHOP, &reference).await;
    assert_eq!((answer.params()["state"].as_str(), answer.params()["iss"].as_str()), ("xyz", ISSUER));
    let tokens = world.redeem(&answer.params()["code"]).await.json();
    assert_eq!(claims(&tokens["id_token"])["nonce"], "n-1");
    let again = world.bring(SHOP, &reference).await;
    assert_eq!(
        (again.params()["error"].as_str(), again.params()["state"].as_str()),
        ("invalid_request_uri", "xyz")
    );
}

#[tokio::test]
async fn a_reference_lives_as_long_as_the_deployment_says() {
    let world = World::new().await;
    let mut changed = settings::load(world.app()).await.unwrap().as_ref().clone();
    changed.oauth.par_lifetime = Duration::from_secs(60);
    settings::save(world.app(), &changed).await.unwrap();
    let (early, late) = (world.reference().await, world.reference().await);
    world.app().clock.advance(Duration::from_secs(59));
    assert!(world.bring(SHOP, &early).await.params().contains_key("code"));
    world.app().clock.advance(Duration::from_secs(1));
    assert_eq!(world.bring(SHOP, &late).await.params()["error"], "invalid_request_uri");
}

#[tokio::test]
async fn a_reference_that_began_a_sign_in_may_be_loaded_again() {
    let world = World::new().await;
    let reference = world.reference().await;
    let uri = format!("/oauth2/authorize?client_id={SHOP}&request_uri={reference}");
    for _ in 0..2 {
        let stranger = world.send(http::Request::get(&uri), String::new()).await;
        assert!(stranger.location().contains("/signin?tx="));
    }
    assert!(world.bring(SHOP, &reference).await.params().contains_key("code"));
}

#[tokio::test]
async fn a_reference_is_its_own_clients_alone() {
    let world = World::new().await;
    let reference = world.reference().await;
    for (client, reference) in [
        ("demo-travel", reference.as_str()),
        (SHOP, &format!("{REFERENCE}r1_AAAA")),
        (SHOP, &reference[..reference.len() - 2]),
        ("", &reference),
    ] {
        let answer = world.bring(client, reference).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""), "{client} {reference}");
    }
    world.change(SHOP, |client| client.status = Status::Disabled).await;
    assert_eq!(world.bring(SHOP, &reference).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_the_browser_brings_beside_the_reference_does_not_count() {
    let world = World::new().await;
    let reference = world.reference().await;
    let mut more = vec![("client_id", SHOP), ("request_uri", reference.as_str())];
    more.extend([
        ("scope", "openid account"),
        ("state", "planted"),
        ("redirect_uri", "https://evil.example"),
    ]);
    let answer = world.visit("/oauth2/authorize", &more).await;
    assert!(answer.location().starts_with(SHOP_CALLBACK));
    assert_eq!(answer.params()["state"], "xyz");
    assert_eq!(world.redeem(&answer.params()["code"]).await.json()["scope"], "openid email");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_as_json() {
    let world = World::new().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("redirect_uri", "https://evil.example/cb", "invalid_request"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("resource", "urn:nowhere", "invalid_target"),
        ("claims", "{", "invalid_request"),
    ] {
        let mut request = World::request("openid");
        request.retain(|(known, _)| *known != name);
        request.push((name, value));
        assert_eq!(world.push(&request).await.error(), (400, error.to_owned()), "{name}={value}");
    }
    let long = "x".repeat(200_000);
    assert_eq!(
        world.push(&[("client_id", SHOP), ("state", &long)]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn who_pushes_proves_who_they_are() {
    let world = World::new().await;
    world
        .change(SERVICE_ID, |client| {
            client.grant_types.push(shared::client::GrantType::AuthorizationCode);
            client.redirect_uris = vec![SHOP_CALLBACK.to_owned()];
        })
        .await;
    let mut request = World::request("demo.read");
    request.retain(|(name, _)| *name != "client_id");
    let path = "/oauth2/par";
    let pushed = world.post(path, Some((SERVICE_ID, SERVICE_SECRET)), &request).await;
    let reference = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(world.bring(SERVICE_ID, &reference).await.params().contains_key("code"));
    let wrong = world.post(path, Some((SERVICE_ID, "wrong")), &request).await;
    assert_eq!(wrong.error(), (401, "invalid_client".to_owned()));
    request.push(("client_id", SHOP));
    let other = world.post(path, Some((SERVICE_ID, SERVICE_SECRET)), &request).await;
    assert_eq!(other.error(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_client_or_a_deployment_may_demand_that_requests_are_pushed() {
    let world = World::new().await;
    world.change(SHOP, |client| client.require_pushed = true).await;
    let answer = world.visit("/oauth2/authorize", &World::request("openid")).await;
    assert_eq!(answer.params()["error"], "invalid_request");
    let reference = world.reference().await;
    assert!(world.bring(SHOP, &reference).await.params().contains_key("code"));

    let world = World::new().await;
    let mut changed = settings::load(world.app()).await.unwrap().as_ref().clone();
    changed.oauth.require_pushed = true;
    settings::save(world.app(), &changed).await.unwrap();
    let answer = world.visit("/oauth2/authorize", &World::request("openid")).await;
    assert_eq!(answer.params()["error"], "invalid_request");
    let document = world.visit("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(document["require_pushed_authorization_requests"], true);
}

#[tokio::test]
async fn scripts_of_the_clients_own_origin_may_push() {
    let world = World::new().await;
    let body = serde_urlencoded::to_string(World::request("openid")).unwrap();
    let post = |origin: &str| {
        http::Request::post("/oauth2/par")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, origin)
    };
    let own = world.send(post("http://localhost:3000"), body.clone()).await;
    assert_eq!(own.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "http://localhost:3000");
    let foreign = world.send(post("https://evil.example"), body).await;
    assert_eq!(foreign.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
}

#[tokio::test]
async fn pushing_costs_one_write_and_bringing_one_read() {
    let world = World::new().await;
    let warm = world.reference().await;
    world.bring(SHOP, &warm).await;
    world.calls();
    let reference = world.reference().await;
    assert_eq!(world.calls(), [("dynamodb.PutItem".to_owned(), 1)]);
    world.bring(SHOP, &reference).await;
    let expected = [
        ("dynamodb.BatchGetItem".to_owned(), 2),
        ("dynamodb.GetItem".to_owned(), 1),
        ("dynamodb.TransactWriteItems".to_owned(), 1),
    ];
    assert_eq!(world.calls(), expected);
}
