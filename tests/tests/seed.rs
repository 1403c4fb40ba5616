//! The seed of a deployment: it may run at each one, in parallel too, and tells CloudFormation how it went.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use local::aws::Data;
use local::platform::{Platform, Start};
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::identity::{self, NormalIdentifier};
use shared::keys::{self, Algorithm};
use shared::rng::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const NOW: Timestamp = Timestamp(1_800_000_000);

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

#[tokio::test]
async fn a_seed_makes_one_key_of_each_kind_however_often_it_runs() {
    let platform = bare();
    let run = || platform.invoke("jobs-seed", json!({}));
    let (first, second, third) = tokio::join!(run(), run(), run());
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    run().await.unwrap();
    let ring = keys::ring(&platform.app).await.unwrap();
    assert_eq!(ring.keys().count(), Algorithm::ALL.len());
    assert!(ring.keys().all(keys::SigningKey::is_active));
}

#[tokio::test]
async fn the_first_administrator_is_invited_once() {
    let mut platform = bare();
    Arc::get_mut(&mut platform.app).unwrap().config.admin_email = Some("root@example.com".to_owned());
    platform.invoke("jobs-seed", json!({})).await.unwrap();
    platform.invoke("jobs-seed", json!({})).await.unwrap();
    platform.drain().await.unwrap();
    let mails = platform.stack.inbox().to("root@example.com");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("http://localhost:3000/recover"), "{}", mails[0].text);
    let root = NormalIdentifier::email("root@example.com").unwrap();
    let root = identity::load_by(&platform.app, &root).await.unwrap().unwrap();
    assert_eq!(root.roles, ["owner"]);
    assert!(root.to_prove().is_some(), "the address is proven by who follows the recovery link");
}

#[tokio::test]
async fn a_wrong_address_of_the_administrator_fails_the_seed() {
    let mut platform = bare();
    Arc::get_mut(&mut platform.app).unwrap().config.admin_email = Some("not an address".to_owned());
    let failed = platform.invoke("jobs-seed", json!({})).await.unwrap_err();
    assert!(failed.to_string().contains("LATCHKEY_ADMIN_EMAIL"), "{failed}");
}

#[tokio::test]
async fn cloudformation_is_told_how_the_seed_went() {
    let platform = bare();
    for (phase, seeded) in [("Create", true), ("Update", true), ("Delete", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/answer?Signature=x", listener.local_addr().unwrap());
        let event = json!({
            "RequestType": phase, "ResponseURL": url, "StackId": "stack", "RequestId": "request",
            "LogicalResourceId": "Seed", "ResourceType": "Custom::Seed", "ResourceProperties": {},
        });
        let (outcome, received) = tokio::join!(platform.invoke("jobs-seed", event), receive_put(listener));
        assert_eq!(outcome.unwrap()["seeded"], seeded);
        assert!(received.starts_with("PUT /answer?Signature=x HTTP/1.1\r\n"), "{received}");
        let body: Value = serde_json::from_str(received.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body["Status"], "SUCCESS");
        assert_eq!(body["PhysicalResourceId"], "Seed");
        assert_eq!(body["RequestId"], "request");
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
