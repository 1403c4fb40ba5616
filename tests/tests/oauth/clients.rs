//! How clients prove who they are.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{AuthMethod, Status};

use crate::signer::Signer;
use crate::world::{ISSUER, NOW, World};

const FORM: [(&str, &str); 1] = [("grant_type", "client_credentials")];

fn invalid() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

#[tokio::test]
async fn the_registered_method_alone_is_taken() {
    let world = World::new().await;
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    let posted = [FORM[0], ("client_id", SERVICE_ID), ("client_secret", SERVICE_SECRET)];
    assert_eq!(world.post("/oauth2/token", basic, &FORM).await.status, StatusCode::OK);
    assert_eq!(world.token(&posted).await.error(), invalid());
    world.change(SERVICE_ID, |client| client.auth_method = AuthMethod::ClientSecretPost).await;
    assert_eq!(world.token(&posted).await.status, StatusCode::OK);
    let answer = world.post("/oauth2/token", basic, &FORM).await;
    assert_eq!(answer.error(), invalid());
    assert!(answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic "));
    assert_eq!(
        world.post("/oauth2/token", basic, &posted).await.error(),
        (400, "invalid_request".to_owned())
    );
}

#[tokio::test]
async fn unknown_wrong_and_disabled_are_answered_alike() {
    let world = World::new().await;
    let wrong = world.post("/oauth2/token", Some((SERVICE_ID, "wrong")), &FORM).await;
    let unknown = world.post("/oauth2/token", Some(("nobody", "wrong")), &FORM).await;
    world.change(SERVICE_ID, |client| client.status = Status::Disabled).await;
    let disabled = world.post("/oauth2/token", Some((SERVICE_ID, SERVICE_SECRET)), &FORM).await;
    for answer in [&wrong, &unknown, &disabled] {
        assert_eq!((answer.status, &answer.body), (wrong.status, &wrong.body));
        assert_eq!(answer.error(), invalid());
    }
}

#[tokio::test]
async fn two_secrets_live_at_once_and_a_retired_one_is_dead() {
    let world = World::new().await;
    let mut stored = shared::client::load(world.app(), SERVICE_ID).await.unwrap().unwrap();
    let fresh = stored.add_secret(world.app()).await.unwrap();
    assert!(stored.add_secret(world.app()).await.is_err());
    let save = async |stored: &mut shared::store::Stored<shared::client::Client>| {
        let writes = shared::client::replace_writes(world.app(), stored, &shared::hook::Cause::system());
        shared::client::save(world.app(), SERVICE_ID, writes).await.unwrap();
    };
    save(&mut stored).await;
    for secret in [SERVICE_SECRET, fresh.expose()] {
        assert_eq!(
            world.post("/oauth2/token", Some((SERVICE_ID, secret)), &FORM).await.status,
            StatusCode::OK
        );
    }
    let mut stored = shared::client::load(world.app(), SERVICE_ID).await.unwrap().unwrap();
    let first = stored.secrets[0].id.clone();
    stored.retire_secret(&first);
    save(&mut stored).await;
    assert_eq!(
        world.post("/oauth2/token", Some((SERVICE_ID, SERVICE_SECRET)), &FORM).await.error(),
        invalid()
    );
    let answer = world.post("/oauth2/token", Some((SERVICE_ID, fresh.expose())), &FORM).await;
    assert_eq!(answer.status, StatusCode::OK);
}

fn claims(jti: &str) -> Value {
    json!({ "iss": SERVICE_ID, "sub": SERVICE_ID, "aud": ISSUER, "exp": NOW.0 + 60, "iat": NOW.0, "jti": jti })
}

async fn assert_with(world: &World, assertion: &str) -> crate::world::Answer {
    world
        .token(&[
            FORM[0],
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ])
        .await
}

#[tokio::test]
async fn an_assertion_proves_once() {
    let world = World::new().await;
    let signer = Signer::new("k");
    world
        .change(SERVICE_ID, |client| {
            client.auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks = Some(signer.keys());
        })
        .await;
    let assertion = signer.sign(&claims("one"));
    let (a, b) = tokio::join!(assert_with(&world, &assertion), assert_with(&world, &assertion));
    assert_eq!([a.status, b.status].iter().filter(|status| **status == StatusCode::OK).count(), 1);
    world.app().clock.advance(Duration::from_secs(30));
    assert_eq!(assert_with(&world, &assertion).await.error(), invalid());
    let mut endpoint = claims("two");
    endpoint["aud"] = json!([format!("{ISSUER}/oauth2/token")]);
    assert_eq!(assert_with(&world, &signer.sign(&endpoint)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_assertion_proves_nothing() {
    let world = World::new().await;
    let signer = Signer::new("k");
    world
        .change(SERVICE_ID, |client| {
            client.auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks = Some(signer.keys());
        })
        .await;
    for (name, value) in [
        ("sub", json!("demo-shop")),
        ("aud", json!("https://elsewhere.example")),
        ("exp", json!(NOW.0 - 61)),
        ("exp", json!(NOW.0 + 4000)),
        ("nbf", json!(NOW.0 + 120)),
        ("jti", json!("")),
    ] {
        let mut wrong = claims("x");
        wrong[name] = value;
        assert_eq!(assert_with(&world, &signer.sign(&wrong)).await.error(), invalid(), "{name}");
    }
    assert_eq!(assert_with(&world, &Signer::new("k").sign(&claims("x"))).await.error(), invalid());
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        URL_SAFE_NO_PAD.encode(claims("x").to_string())
    );
    assert_eq!(assert_with(&world, &unsigned).await.error(), invalid());
    assert_eq!(assert_with(&world, &signer.sign(&claims("x"))).await.status, StatusCode::OK);
}
