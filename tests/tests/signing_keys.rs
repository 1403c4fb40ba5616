//! Signing keys through their life, on the real KMS and DynamoDB protocols: seeded, rotated, retired; sealed at rest.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::Duration;

use local::aws::{Data, Fault};
use local::platform::{Platform, Start};
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::keys::{self, Algorithm, KeyState, Typ};
use shared::rng::Rng;

const NOW: Timestamp = Timestamp(1_800_000_000);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

fn bare() -> Platform {
    Platform::start(Start {
        template: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml"),
        data: Data::Temporary,
        issuer: "http://localhost:3000",
        clock: Clock::stopped(NOW),
        rng: Rng::seeded(7),
    })
    .unwrap()
}

async fn seeded() -> Platform {
    let platform = bare();
    platform.invoke("jobs-seed", json!({})).await.unwrap();
    platform
}

async fn states(platform: &Platform, algorithm: Algorithm) -> Vec<KeyState> {
    let ring = keys::ring(&platform.app).await.unwrap();
    ring.keys().filter(|key| key.algorithm == algorithm).map(|key| key.state).collect()
}

async fn sign(platform: &Platform) -> String {
    keys::sign(&platform.app, Algorithm::ES256, Typ::Jwt, &json!({ "n": 1 })).await.unwrap()
}

fn header_of(token: &str) -> &str {
    token.split('.').next().unwrap()
}

#[tokio::test]
async fn keys_go_from_next_to_active_to_retired_and_away() {
    let platform = seeded().await;
    let rotate = || platform.invoke("jobs-rotate_keys", json!({}));
    let old = sign(&platform).await;
    assert_eq!(rotate().await.unwrap()["steps"], 0);

    platform.app.clock.advance(DAY * 88);
    let (first, second) = tokio::join!(rotate(), rotate());
    let done = [first, second].map(|answer| answer.unwrap()["steps"].as_u64().unwrap());
    assert_eq!(done.iter().sum::<u64>(), 5, "each successor is made once");
    assert_eq!(states(&platform, Algorithm::ES256).await.len(), 2);
    assert_eq!(header_of(&sign(&platform).await), header_of(&old), "a successor does not sign yet");

    platform.app.clock.advance(DAY * 2);
    let (first, second) = tokio::join!(rotate(), rotate());
    let done = [first, second].map(|answer| answer.unwrap()["steps"].as_u64().unwrap());
    assert_eq!(done.iter().sum::<u64>(), 5, "each successor is promoted once");
    let new = sign(&platform).await;
    assert_ne!(header_of(&new), header_of(&old));
    for token in [&old, &new] {
        let claims: Option<Value> = keys::verify(&platform.app, token, Typ::Jwt).await.unwrap();
        assert_eq!(claims, Some(json!({ "n": 1 })));
    }

    platform.app.clock.advance(DAY * 30);
    assert_eq!(rotate().await.unwrap()["steps"], 5);
    assert!(matches!(states(&platform, Algorithm::ES256).await[..], [KeyState::Active { .. }]));
    assert_eq!(keys::verify::<Value>(&platform.app, &old, Typ::Jwt).await.unwrap(), None);
}

#[tokio::test]
async fn a_warm_process_signs_without_a_call() {
    let platform = seeded().await;
    sign(&platform).await;
    platform.stack.calls().reset();
    for _ in 0..3 {
        let token = sign(&platform).await;
        assert!(keys::verify::<Value>(&platform.app, &token, Typ::Jwt).await.unwrap().is_some());
    }
    assert!(platform.stack.calls().snapshot().is_empty());
    platform.app.clock.advance(MINUTE);
    sign(&platform).await;
    let calls = platform.stack.calls().snapshot();
    assert_eq!(calls.get("dynamodb.Query"), Some(&1));
    assert_eq!(calls.len(), 1, "opened keys stay open: {calls:?}");
}

#[tokio::test]
async fn private_keys_are_useless_without_kms_and_public_ones_need_none() {
    let platform = bare();
    keys::create_data_keys(&platform.app).await.unwrap();
    let settings = shared::settings::Settings::default();
    for _ in 0..3 {
        platform.stack.fail_next("kms.Decrypt", Fault::Internal);
    }
    assert!(keys::rotate(&platform.app, &settings).await.is_err());
    keys::rotate(&platform.app, &settings).await.unwrap();

    let other = seeded().await;
    other.stack.calls().reset();
    assert_eq!(keys::ring(&other.app).await.unwrap().keys().count(), Algorithm::ALL.len());
    assert!(!other.stack.calls().snapshot().keys().any(|call| call.starts_with("kms.")));
}

#[tokio::test]
async fn a_token_of_a_key_made_elsewhere_a_moment_ago_is_known() {
    let platform = seeded().await;
    let stranger = "eyJhbGciOiJFUzI1NiJ9.e30.AA";
    platform.app.clock.advance(Duration::from_secs(6));
    platform.stack.calls().reset();
    for _ in 0..5 {
        assert_eq!(keys::verify::<Value>(&platform.app, stranger, Typ::Jwt).await.unwrap(), None);
    }
    let calls = platform.stack.calls().snapshot();
    assert!(calls.get("dynamodb.Query").is_none_or(|count| *count <= 1), "{calls:?}");
}
