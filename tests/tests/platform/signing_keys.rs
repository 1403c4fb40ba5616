//! Keys through their life, on the real KMS and DynamoDB protocols: seeded, rotated, retired; sealed at rest.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use local::aws::Fault;
use serde_json::{Value, json};
use shared::keys::jwe::{self, Content, Encryption, KeyKind, KeyManagement};
use shared::keys::{self, Algorithm, ClientKey, KeySet, KeyState, Typ};
use shared::rng::Rng;
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
    assert_eq!(done.iter().sum::<u64>(), 7, "each successor is made once");
    assert_eq!(states(&world, Algorithm::ES256).await.len(), 2);
    assert_eq!(header_of(&sign(&world).await), header_of(&old), "a successor does not sign yet");

    world.advance(DAY * 2);
    let (first, second) = tokio::join!(rotate(), rotate());
    let done = [first, second].map(|answer| answer.unwrap()["steps"].as_u64().unwrap());
    assert_eq!(done.iter().sum::<u64>(), 7, "each successor is promoted once");
    let new = sign(&world).await;
    assert_ne!(header_of(&new), header_of(&old));
    for token in [&old, &new] {
        let claims: Option<Value> = keys::verify(world.app(), token, Typ::Jwt).await.unwrap();
        assert_eq!(claims, Some(json!({ "n": 1 })));
    }

    world.advance(DAY * 30);
    assert_eq!(rotate().await.unwrap()["steps"], 7);
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

/// The keys of the published set that are for encryption.
async fn recipients(world: &World) -> Vec<ClientKey> {
    let published = keys::jwks(world.app()).await.unwrap();
    let published: Value = serde_json::from_slice(published.body()).unwrap();
    let keys = published["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc");
    KeySet::parse(&json!({ "keys": keys.collect::<Vec<_>>() })).unwrap().keys
}

fn encrypt(keys: &[ClientKey], alg: KeyManagement) -> String {
    let keys = KeySet { keys: keys.to_vec() };
    let recipient = keys.recipient(alg).unwrap();
    jwe::encrypt(&Rng::default(), recipient, Encryption::with(alg), Content::Jwt("a.b.c")).unwrap()
}

async fn opened(world: &World, text: &str) -> Option<Vec<u8>> {
    keys::decrypt(world.app(), text).await.unwrap()
}

#[tokio::test]
async fn what_is_encrypted_to_a_published_key_is_opened_until_the_key_is_gone() {
    let world = World::seeded().await;
    let old = recipients(&world).await;
    assert_eq!(old.len(), KeyKind::ALL.len());
    let texts: Vec<_> = KeyManagement::ALL.iter().map(|alg| encrypt(&old, *alg)).collect();
    for text in &texts {
        assert_eq!(opened(&world, text).await.unwrap(), b"a.b.c");
    }
    world.advance(DAY * 88);
    world.platform.invoke("jobs-rotate_keys", json!({})).await.unwrap();
    assert_eq!(recipients(&world).await, old, "a successor is not encrypted to yet");
    world.advance(DAY * 2);
    world.platform.invoke("jobs-rotate_keys", json!({})).await.unwrap();
    let new = recipients(&world).await;
    assert!(new.len() == old.len() && !new.iter().any(|key| old.contains(key)), "one for each kind, all new");
    for text in
        texts.iter().chain(&KeyManagement::ALL.iter().map(|alg| encrypt(&new, *alg)).collect::<Vec<_>>())
    {
        assert_eq!(opened(&world, text).await.unwrap(), b"a.b.c");
    }
    world.advance(DAY * 30);
    world.platform.invoke("jobs-rotate_keys", json!({})).await.unwrap();
    for text in &texts {
        assert_eq!(opened(&world, text).await, None);
    }
}

#[tokio::test]
async fn what_was_not_encrypted_to_us_is_nothing_and_costs_nothing() {
    let world = World::seeded().await;
    let other = recipients(&World::seeded().await).await;
    let mut nameless = recipients(&world).await;
    nameless.iter_mut().for_each(|key| key.kid = None);
    assert_eq!(opened(&world, &encrypt(&nameless, KeyManagement::EcdhEs)).await.unwrap(), b"a.b.c");
    assert_eq!(opened(&world, &encrypt(&nameless, KeyManagement::RsaOaep256)).await.unwrap(), b"a.b.c");
    world.stack().calls().reset();
    let mut misnamed = other.clone();
    misnamed.iter_mut().for_each(|key| key.kid = None);
    for keys in [&other, &misnamed] {
        for alg in KeyManagement::ALL {
            assert_eq!(opened(&world, &encrypt(keys, *alg)).await, None);
        }
    }
    for text in ["", "a.b.c", "a.b.c.d.e", "eyJhbGciOiJub25lIn0...."] {
        assert_eq!(opened(&world, text).await, None);
    }
    assert!(world.stack().calls().snapshot().is_empty());
}
