//! Keys that a client publishes at an address (`jwks_uri`) and rotates by itself.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use local::seed::SERVICE_ID;
use serde_json::{Value, json};
use shared::client::AuthMethod;
use tests::Web;

use crate::signer::Signer;
use crate::world::{Answer, ISSUER, World};

const JWKS: &str = "https://service.example/jwks.json";
/// Longer than keys are asked for again.
const PAUSE: Duration = Duration::from_secs(31);
/// Longer than they are taken for fresh.
const OLD: Duration = Duration::from_secs(601);

/// A platform, and a service of it that publishes its keys.
struct Scene {
    world: World,
    web: Web,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let web = Web::around(world.app());
        world
            .change(SERVICE_ID, |client| {
                client.auth_method = AuthMethod::PrivateKeyJwt;
                client.jwks_uri = Some(JWKS.to_owned());
            })
            .await;
        Self { world, web }
    }

    async fn prove(&self, signer: &Signer, jti: &str) -> Answer {
        let now = self.world.app().clock.now().0;
        let claims =
            json!({ "iss": SERVICE_ID, "sub": SERVICE_ID, "aud": ISSUER, "exp": now + 60, "jti": jti });
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &signer.sign(&claims)),
        ];
        self.world.token(&form).await
    }

    fn pass(&self, time: Duration) {
        self.world.app().clock.advance(time);
    }
}

#[tokio::test]
async fn published_keys_prove_and_are_read_once() {
    let scene = Scene::new().await;
    let signer = Signer::new("one");
    scene.web.put(JWKS, &signer.document());
    let all = tokio::join!(scene.prove(&signer, "a"), scene.prove(&signer, "b"), scene.prove(&signer, "c"));
    for answer in [all.0, all.1, all.2] {
        assert_eq!(answer.status, StatusCode::OK);
    }
    let asked = scene.web.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].headers().get(header::AUTHORIZATION).is_none());
    assert!(asked[0].headers().get(header::COOKIE).is_none());
    scene.pass(OLD);
    assert_eq!(scene.prove(&signer, "d").await.status, StatusCode::OK);
    assert_eq!(scene.web.asked().len(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_and_a_made_up_one_is_not_asked_for_again_and_again() {
    let scene = Scene::new().await;
    let (first, second, thief) = (Signer::new("one"), Signer::new("two"), Signer::new("three"));
    scene.web.put(JWKS, &first.document());
    assert_eq!(scene.prove(&first, "a").await.status, StatusCode::OK);
    scene.web.put(JWKS, &second.document());
    scene.pass(PAUSE);
    assert_eq!(scene.prove(&second, "b").await.status, StatusCode::OK);
    assert_eq!(scene.prove(&first, "c").await.status, StatusCode::UNAUTHORIZED);
    scene.web.asked();
    for number in 0..10 {
        let answer = scene.prove(&thief, &number.to_string()).await;
        assert_eq!(answer.error(), (401, "invalid_client".to_owned()));
    }
    assert!(scene.web.asked().is_empty());
}

#[tokio::test]
async fn a_server_that_is_down_for_a_while_stops_nobody() {
    let scene = Scene::new().await;
    let signer = Signer::new("one");
    scene.web.put(JWKS, &signer.document());
    assert_eq!(scene.prove(&signer, "a").await.status, StatusCode::OK);
    scene.web.remove(JWKS);
    scene.pass(OLD);
    assert_eq!(scene.prove(&signer, "b").await.status, StatusCode::OK);
    scene.pass(Duration::from_secs(3600));
    let refused = scene.prove(&signer, "c").await;
    assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
    assert!(refused.json()["error_description"].as_str().unwrap().contains("jwks_uri"));
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_told() {
    let not_json = Response::new(Bytes::from("<html>"));
    let moved = Response::builder().status(302).header(header::LOCATION, "https://elsewhere.example/jwks");
    let none = Response::new(Bytes::from(json!({ "keys": [] }).to_string()));
    let private = Response::new(Bytes::from(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#));
    let large = Response::new(Bytes::from(" ".repeat(200_000)));
    for (response, said) in [
        (not_json, "not JSON"),
        (moved.body(Bytes::new()).unwrap(), "status 302"),
        (none, "no key"),
        (private, "private or symmetric"),
        (large, "longer than"),
    ] {
        let scene = Scene::new().await;
        scene.web.put_response(JWKS, response);
        let refused = scene.prove(&Signer::new("one"), "a").await;
        assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
        let told = refused.json()["error_description"].as_str().unwrap().to_owned();
        assert!(told.contains(said), "{told}");
        assert_eq!(scene.web.asked().len(), 1);
    }
}

#[tokio::test]
async fn keys_are_registered_by_value_or_by_address() {
    let scene = Scene::new().await;
    let signer = Signer::new("one");
    scene.web.put(JWKS, &signer.document());
    let metadata = |more: Value| {
        let mut metadata = json!({
            "grant_types": ["client_credentials"],
            "scope": "demo.read",
            "token_endpoint_auth_method": "private_key_jwt",
        });
        for (name, value) in more.as_object().unwrap() {
            metadata[name] = value.clone();
        }
        metadata.to_string()
    };
    let register = async |more: Value| {
        let request =
            http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
        scene.world.send(request, metadata(more)).await
    };
    let registered = register(json!({ "jwks_uri": JWKS })).await;
    assert_eq!(registered.status, StatusCode::CREATED);
    assert_eq!(registered.json()["jwks_uri"], JWKS);
    // The test profile takes `localhost`.
    assert_eq!(
        register(json!({ "jwks_uri": "http://localhost:8080/jwks" })).await.status,
        StatusCode::CREATED
    );
    for wrong in [
        json!({ "jwks_uri": JWKS, "jwks": signer.document() }),
        json!({ "jwks_uri": "http://service.example/jwks.json" }),
        json!({ "jwks_uri": "https://10.0.0.1/jwks.json" }),
        json!({}),
    ] {
        assert_eq!(register(wrong).await.error(), (400, "invalid_client_metadata".to_owned()));
    }
}
