//! The password: what a new one ends, and who may guess at the present one.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde_json::json;
use tests::{ADA, GRACE, PASSWORD, World};

use super::{Agent, BOUND, LASTING, NEW, sign_in};

#[tokio::test]
async fn a_new_password_ends_what_was_begun_elsewhere() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let (mut elsewhere, mut forgotten) = (world.visitor(), world.visitor());
    let bound = sign_in(&world, &ada.application, (&mut elsewhere, ADA), BOUND).await;
    let lasting = sign_in(&world, &ada.application, (&mut forgotten, ADA), LASTING).await;
    let grace = world.customer(GRACE).await;

    let view = ada.change_password(PASSWORD, NEW).await;
    assert_eq!(view.status, StatusCode::NO_CONTENT, "{}", view.body);
    assert!(!elsewhere.is_signed_in().await && !forgotten.is_signed_in().await);
    assert!({ grace }.is_signed_in().await, "others are left alone");
    assert!(ada.is_active(&ada.tokens).await, "the caller's own session goes on");
    assert!(!ada.is_active(&bound).await, "what was granted there has ended with it");
    assert!(ada.is_active(&lasting).await, "but for what outlasts its session");
    assert_eq!(ada.sessions().await.len(), 1);

    assert_eq!(world.events("password.changed").await.len(), 1);
    assert_eq!(world.events("session.ended").await.len(), 2);
    assert_eq!(world.events("grant.revoked").await.len(), 1);
    let [mail] = &world.messages(ADA).await[..] else { panic!("one notice is sent") };
    assert!(mail.contains("/recover"), "{mail}");
    let late = ada.change_password(PASSWORD, "yet another pass phrase 9").await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "the old one is not known any more");
}

#[tokio::test]
async fn a_new_password_is_checked_and_the_present_one_demanded() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    for (current, new, field, id) in [
        ("not my password", NEW, "current_password", "password-wrong"),
        ("", NEW, "current_password", "password-required"),
        (PASSWORD, "", "new_password", "password-required"),
        (PASSWORD, "short", "new_password", "password-too-short"),
        (PASSWORD, PASSWORD, "new_password", "password-unchanged"),
        (PASSWORD, "ada@example.com ada", "new_password", "password-too-weak"),
    ] {
        let view = ada.change_password(current, new).await;
        assert_eq!(view.status, StatusCode::BAD_REQUEST);
        let error = &view.json()["errors"][0];
        assert_eq!((&error["field"], &error["id"]), (&json!(field), &json!(id)), "{}", view.body);
    }
    let failed = world.audited("password.change_failed").await;
    assert_eq!(failed.len(), 1);
    assert!(!failed[0].to_string().contains("not my"), "no password in the audit log");
    assert!(world.events("password.changed").await.is_empty());
}

#[tokio::test]
async fn a_thief_of_a_session_does_not_guess_without_end_nor_slow_the_owner() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let mut answers = Vec::new();
    for index in 0..8 {
        answers.push(ada.change_password(&format!("guess number {index}"), NEW).await);
    }
    let refused = answers.last().unwrap();
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header(header::RETRY_AFTER).is_some());
    assert_eq!(answers.iter().filter(|view| view.status == StatusCode::BAD_REQUEST).count(), 5);
    let owner = world.customer(ADA).await;
    assert!({ owner }.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_password_changes_wins() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let requests = (0..5).map(|index| {
        let new = format!("a brand new pass phrase {index}");
        Request::post("/v1/account/password")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(json!({ "current_password": PASSWORD, "new_password": new }).to_string()))
            .unwrap()
    });
    let answers = world.race_all(requests.collect()).await;
    let done = answers.iter().filter(|view| view.status == StatusCode::NO_CONTENT).count();
    assert!(answers.iter().all(|view| !view.status.is_server_error()));
    assert_eq!(world.events("password.changed").await.len(), done);
    assert!(done >= 1);
}
