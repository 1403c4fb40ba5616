//! Backchannel authentication requests that the client signs (CIBA Core §7.1.1).

use std::time::Duration;

use http::StatusCode;
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{AuthMethod, Backchannel, DeliveryMode, GrantType};
use shared::keys::Algorithm;

use crate::signer::Signer;
use crate::world::{Answer, ISSUER, World};

/// A platform with a service that may have customers asked, and signs for that.
struct Scene {
    world: World,
    signer: Signer,
}

impl Scene {
    async fn new(algorithm: Option<Algorithm>) -> Self {
        let (world, signer) = (World::new().await, Signer::new("one"));
        world
            .change(SERVICE_ID, |client| {
                client.grant_types.push(GrantType::Ciba);
                client.scopes.push("openid".to_owned());
                client.jwks = Some(signer.keys());
                client.backchannel = Some(Backchannel {
                    delivery: DeliveryMode::Poll,
                    notification_endpoint: None,
                    request_algorithm: algorithm,
                });
            })
            .await;
        Self { world, signer }
    }

    fn claims(&self, others: Value) -> Value {
        let now = self.world.app().clock.now().0;
        let mut all = json!({
            "iss": SERVICE_ID, "aud": ISSUER, "iat": now, "nbf": now, "exp": now + 60, "jti": "one",
            "scope": "openid", "login_hint": "ada@example.com", "requested_expiry": 120,
        });
        for (name, value) in others.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        all
    }

    async fn ask(&self, form: &[(&str, &str)]) -> Answer {
        self.world.post("/oauth2/bc-authorize", Some((SERVICE_ID, SERVICE_SECRET)), form).await
    }

    async fn sign(&self, others: Value) -> Answer {
        self.ask(&[("request", &self.signer.sign(&self.claims(others)))]).await
    }
}

fn invalid() -> (u16, String) {
    (400, "invalid_request".to_owned())
}

#[tokio::test]
async fn a_signed_request_has_the_customer_asked() {
    let scene = Scene::new(Some(Algorithm::ES256)).await;
    let answer = scene.sign(json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["expires_in"], 120);
}

#[tokio::test]
async fn a_signed_request_works_once() {
    let scene = Scene::new(None).await;
    let signed = scene.signer.sign(&scene.claims(json!({ "jti": "again" })));
    let form = [("request", signed.as_str())];
    let (a, b) = tokio::join!(scene.ask(&form), scene.ask(&form));
    let mut statuses = [a.status, b.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST]);
    scene.world.app().clock.advance(Duration::from_secs(30));
    assert_eq!(scene.ask(&form).await.error(), invalid());
}

#[tokio::test]
async fn an_assertion_may_be_made_for_the_endpoint_and_uses_up_no_request() {
    let scene = Scene::new(None).await;
    scene.world.change(SERVICE_ID, |client| client.auth_method = AuthMethod::PrivateKeyJwt).await;
    let now = scene.world.app().clock.now().0;
    let endpoint = format!("{ISSUER}/oauth2/bc-authorize");
    let assertion = scene.signer.sign(&json!({
        "iss": SERVICE_ID, "sub": SERVICE_ID, "aud": endpoint, "exp": now + 60, "jti": "one",
    }));
    let signed = scene.signer.sign(&scene.claims(json!({})));
    let form = [
        ("request", signed.as_str()),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    let answer = scene.world.post("/oauth2/bc-authorize", None, &form).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_signed_request_that_does_not_hold_is_refused() {
    let scene = Scene::new(None).await;
    let now = scene.world.app().clock.now().0;
    for others in [
        json!({ "iss": "demo-shop" }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "exp": now - 61 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 120 }),
        json!({ "nbf": now - 3700 }),
        json!({ "jti": "" }),
        json!({ "exp": now + 3700 }),
        json!({ "request": "x" }),
    ] {
        assert_eq!(scene.sign(others.clone()).await.error(), invalid(), "{others}");
    }
    let forged = Signer::new("one").sign(&scene.claims(json!({})));
    assert_eq!(scene.ask(&[("request", &forged)]).await.error(), invalid());
    let good = scene.signer.sign(&scene.claims(json!({})));
    let beside = [("request", good.as_str()), ("scope", "openid")];
    assert_eq!(scene.ask(&beside).await.error(), invalid(), "nothing beside it");
    let plain = [("scope", "openid"), ("login_hint", "ada@example.com")];
    assert_eq!(scene.ask(&plain).await.status, StatusCode::OK, "nor need it be signed");
}

#[tokio::test]
async fn a_client_that_registered_an_algorithm_must_sign_with_it() {
    let scene = Scene::new(Some(Algorithm::PS256)).await;
    assert_eq!(scene.sign(json!({})).await.error(), invalid(), "another algorithm");
    let plain = [("scope", "openid"), ("login_hint", "ada@example.com")];
    assert_eq!(scene.ask(&plain).await.error(), invalid());
}
