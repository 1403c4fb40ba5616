//! The seed of a deployment: it may run at each one, in parallel too, and tells CloudFormation how it went.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use serde_json::{Value, json};
use shared::identity::{self, NormalIdentifier};
use shared::keys::{self, Algorithm};
use tests::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The platform before its first deployment, with an address for the first administrator.
fn inviting(address: &str) -> World {
    let mut world = World::bare();
    let platform = Arc::get_mut(&mut world.platform).unwrap();
    Arc::get_mut(&mut platform.app).unwrap().config.admin_email = Some(address.to_owned());
    world
}

#[tokio::test]
async fn a_seed_makes_one_key_of_each_kind_however_often_it_runs() {
    let world = World::bare();
    let run = || world.platform.invoke("jobs-seed", json!({}));
    let (first, second, third) = tokio::join!(run(), run(), run());
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    run().await.unwrap();
    let ring = keys::ring(world.app()).await.unwrap();
    assert_eq!(ring.keys().count(), Algorithm::ALL.len());
    assert!(ring.keys().all(keys::SigningKey::is_active));
    let published: Value = serde_json::from_slice(keys::jwks(world.app()).await.unwrap().body()).unwrap();
    // Of the signing keys only those are shown that the settings or a client ask for.
    let signs = |key: &&Value| key["use"] == "sig";
    let signing = published["keys"].as_array().unwrap().iter().filter(signs);
    let mut algorithms: Vec<_> = signing.map(|key| key["alg"].as_str().unwrap()).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["ES256", "RS256"]);
}

#[tokio::test]
async fn the_first_administrator_is_invited_once() {
    let world = inviting("root@example.com");
    world.platform.invoke("jobs-seed", json!({})).await.unwrap();
    world.platform.invoke("jobs-seed", json!({})).await.unwrap();
    world.deliver().await;
    let mails = world.stack().inbox().to("root@example.com");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("http://localhost:3000/recover"), "{}", mails[0].text);
    let root = NormalIdentifier::email("root@example.com").unwrap();
    let root = identity::load_by(world.app(), &root).await.unwrap().unwrap();
    assert_eq!(root.roles, ["owner"]);
    assert!(root.to_prove().is_some(), "the address is proven by who follows the recovery link");
}

#[tokio::test]
async fn a_wrong_address_of_the_administrator_fails_the_seed() {
    let world = inviting("not an address");
    let failed = world.platform.invoke("jobs-seed", json!({})).await.unwrap_err();
    assert!(failed.to_string().contains("LATCHKEY_ADMIN_EMAIL"), "{failed}");
}

#[tokio::test]
async fn cloudformation_is_told_how_the_seed_went() {
    let world = World::bare();
    for (phase, seeded) in [("Create", true), ("Update", true), ("Delete", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/answer?Signature=x", listener.local_addr().unwrap());
        let event = json!({
            "RequestType": phase, "ResponseURL": url, "StackId": "stack", "RequestId": "request",
            "LogicalResourceId": "Seed", "ResourceType": "Custom::Seed", "ResourceProperties": {},
        });
        let (outcome, received) =
            tokio::join!(world.platform.invoke("jobs-seed", event), receive_put(listener));
        assert_eq!(outcome.unwrap()["seeded"], seeded);
        assert!(received.starts_with("PUT /answer?Signature=x HTTP/1.1\r\n"), "{received}");
        let body: Value = serde_json::from_str(received.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body["Status"], "SUCCESS");
        assert_eq!(body["PhysicalResourceId"], "Seed");
        assert_eq!(body["RequestId"], "request");
    }
}

#[tokio::test]
async fn tables_are_protected_when_the_seed_is_done_and_as_the_template_says() {
    let world = World::bare();
    let changes =
        || world.stack().calls().snapshot().get("dynamodb.UpdateTable").copied().unwrap_or_default();
    for (protection, changed) in [("true", 6), ("true", 6), ("false", 12)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/answer", listener.local_addr().unwrap());
        let event = json!({
            "RequestType": "Update", "ResponseURL": url, "StackId": "stack", "RequestId": "request",
            "LogicalResourceId": "Seed", "ResourceProperties": { "DeletionProtection": protection },
        });
        let (outcome, received) =
            tokio::join!(world.platform.invoke("jobs-seed", event), receive_put(listener));
        outcome.unwrap();
        assert!(received.contains("SUCCESS"), "{received}");
        assert_eq!(changes(), changed);
    }
}

/// The one request that arrives, answered with 200.
async fn receive_put(listener: TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        received.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&received);
        if count == 0 || text.ends_with('}') {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return text.into_owned();
        }
    }
}
