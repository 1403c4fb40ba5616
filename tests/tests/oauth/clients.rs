//! How clients prove who they are.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{AuthMethod, Status};

use crate::signer::Signer;
use crate::world::{ISSUER, NOW, World, text};

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
    for (name, value, said) in [
        ("jti", json!("one"), "used before"),
        ("jti", json!(null), "must have `iss`"),
        ("sub", json!("other"), "must be the `client_id`"),
        ("aud", json!("https://elsewhere.example"), "`aud`"),
        ("exp", json!(NOW.0 - 600), "`exp`"),
        ("exp", json!(NOW.0 + 7200), "`exp`"),
    ] {
        let mut wrong = claims("wrong");
        wrong[name] = value;
        let answer = assert_with(&world, &signer.sign(&wrong)).await;
        assert_eq!(answer.error(), invalid());
        let (told, of_others) = (answer.json(), Signer::new("k").sign(&wrong));
        assert!(text(&told, "error_description").contains(said), "{told}");
        let stranger = assert_with(&world, &of_others).await.json();
        assert!(
            text(&stranger, "error_description").contains("has not made"),
            "who has no key learns nothing: {stranger}"
        );
    }
    let mut endpoint = claims("two");
    endpoint["aud"] = json!([format!("{ISSUER}/oauth2/token")]);
    assert_eq!(assert_with(&world, &signer.sign(&endpoint)).await.status, StatusCode::OK);
}

/// An assertion that is authenticated with `secret`, and says so under the name `alg`.
fn authenticated(secret: &str, alg: &str, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(&json!({ "alg": alg })), encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes())))
}

#[tokio::test]
async fn a_secret_authenticates_an_assertion_once() {
    let world = World::new().await;
    let mut stored = shared::client::load(world.app(), SERVICE_ID).await.unwrap().unwrap();
    stored.auth_method = AuthMethod::ClientSecretJwt;
    stored.suit_secrets();
    assert!(stored.secrets.is_empty(), "the one that it had cannot be used so");
    let (one, two) =
        (stored.add_secret(world.app()).await.unwrap(), stored.add_secret(world.app()).await.unwrap());
    let writes = shared::client::replace_writes(world.app(), &mut stored, &shared::hook::Cause::system());
    shared::client::save(world.app(), SERVICE_ID, writes).await.unwrap();
    for (secret, jti) in [(&one, "a"), (&two, "b")] {
        let assertion = authenticated(secret.expose(), "HS256", &claims(jti));
        let (a, b) = tokio::join!(assert_with(&world, &assertion), assert_with(&world, &assertion));
        assert_eq!([a.status, b.status].iter().filter(|status| **status == StatusCode::OK).count(), 1);
    }
    let signer = Signer::new("k");
    let mut foreign = claims("c");
    foreign["aud"] = json!("https://elsewhere.example");
    for wrong in [
        authenticated(SERVICE_SECRET, "HS256", &claims("c")),
        authenticated("", "HS256", &claims("c")),
        authenticated(one.expose(), "HS512", &claims("c")),
        authenticated(one.expose(), "none", &claims("c")),
        authenticated(one.expose(), "HS256", &foreign),
        signer.sign(&claims("c")),
    ] {
        assert_eq!(assert_with(&world, &wrong).await.error(), invalid());
    }
    let posted = [FORM[0], ("client_id", SERVICE_ID), ("client_secret", one.expose().as_str())];
    assert_eq!(world.token(&posted).await.error(), invalid(), "never the secret itself");
    stored.auth_method = AuthMethod::ClientSecretPost;
    stored.suit_secrets();
    assert!(stored.secrets.len() == 2 && stored.secrets.iter().all(|secret| secret.sealed.is_none()));
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
        ("jti", json!(null)),
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
