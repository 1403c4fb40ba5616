//! Signing keys through their life, on the real KMS and DynamoDB protocols: seeded, rotated, retired; sealed at rest.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use local::aws::Fault;
use serde_json::{Value, json};
use shared::keys::{self, Algorithm, KeyState, Typ};
use tests::World;

const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

async fn states(world: &World, algorithm: Algorithm) -> Vec<KeyState> {
    let ring = keys::ring(world.app()).await.unwrap();
    ring.keys().filter(|key| key.algorithm == algorithm).map(|key| key.state).collect()
}

async fn sign(world: &World) -> String {
    keys::sign(world.app(), Algorithm::ES256, Typ::Jwt, &json!({ "n": 1 })).await.unwrap()
}

fn header_of(token: &str) -> &str {
    token.split('.').next().unwrap()
}

#[tokio::test]
async fn keys_go_from_next_to_active_to_retired_and_away() {
    let world = World::seeded().await;
    let rotate = || world.platform.invoke("jobs-rotate_keys", json!({}));
    let old = sign(&world).await;
    assert_eq!(rotate().await.unwrap()["steps"], 0);

    world.advance(DAY * 88);
    let (first, second) = tokio::join!(rotate(), rotate());
    let done = [first, second].map(|answer| answer.unwrap()["steps"].as_u64().unwrap());
    assert_eq!(done.iter().sum::<u64>(), 5, "each successor is made once");
    assert_eq!(states(&world, Algorithm::ES256).await.len(), 2);
    assert_eq!(header_of(&sign(&world).await), header_of(&old), "a successor does not sign yet");

    world.advance(DAY * 2);
    let (first, second) = tokio::join!(rotate(), rotate());
    let done = [first, second].map(|answer| answer.unwrap()["steps"].as_u64().unwrap());
    assert_eq!(done.iter().sum::<u64>(), 5, "each successor is promoted once");
    let new = sign(&world).await;
    assert_ne!(header_of(&new), header_of(&old));
    for token in [&old, &new] {
        let claims: Option<Value> = keys::verify(world.app(), token, Typ::Jwt).await.unwrap();
        assert_eq!(claims, Some(json!({ "n": 1 })));
    }

    world.advance(DAY * 30);
    assert_eq!(rotate().await.unwrap()["steps"], 5);
    assert!(matches!(states(&world, Algorithm::ES256).await[..], [KeyState::Active { .. }]));
    assert_eq!(keys::verify::<Value>(world.app(), &old, Typ::Jwt).await.unwrap(), None);
}

#[tokio::test]
async fn a_warm_process_signs_without_a_call() {
    let world = World::seeded().await;
    sign(&world).await;
    world.stack().calls().reset();
    for _ in 0..3 {
        let token = sign(&world).await;
        assert!(keys::verify::<Value>(world.app(), &token, Typ::Jwt).await.unwrap().is_some());
    }
    assert!(world.stack().calls().snapshot().is_empty());
    world.advance(MINUTE);
    sign(&world).await;
    let calls = world.stack().calls().snapshot();
    assert_eq!(calls.get("dynamodb.Query"), Some(&1));
    assert_eq!(calls.len(), 1, "opened keys stay open: {calls:?}");
}

#[tokio::test]
async fn private_keys_are_useless_without_kms_and_public_ones_need_none() {
    let world = World::bare();
    keys::create_data_keys(world.app()).await.unwrap();
    let settings = shared::settings::Settings::default();
    for _ in 0..3 {
        world.stack().fail_next("kms.Decrypt", Fault::Internal);
    }
    assert!(keys::rotate(world.app(), &settings).await.is_err());
    keys::rotate(world.app(), &settings).await.unwrap();

    let other = World::seeded().await;
    other.stack().calls().reset();
    assert_eq!(keys::ring(other.app()).await.unwrap().keys().count(), Algorithm::ALL.len());
    assert!(!other.stack().calls().snapshot().keys().any(|call| call.starts_with("kms.")));
}

#[tokio::test]
async fn a_token_of_a_key_made_elsewhere_a_moment_ago_is_known() {
    let world = World::seeded().await;
    let stranger = "eyJhbGciOiJFUzI1NiJ9.e30.AA";
    world.advance(Duration::from_secs(6));
    world.stack().calls().reset();
    for _ in 0..5 {
        assert_eq!(keys::verify::<Value>(world.app(), stranger, Typ::Jwt).await.unwrap(), None);
    }
    let calls = world.stack().calls().snapshot();
    assert!(calls.get("dynamodb.Query").is_none_or(|count| *count <= 1), "{calls:?}");
}
