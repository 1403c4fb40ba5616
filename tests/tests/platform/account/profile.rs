//! The profile: changed by merge patch, field by field, without losing what others change.

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tests::{ADA, View, World};

use super::Agent;

#[tokio::test]
async fn a_profile_is_changed_by_merge_patch() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let patch = |body| ada.call(Method::PATCH, "/v1/account/profile", Some(body));
    let view =
        patch(json!({ "nickname": "Countess", "address": { "locality": "London", "country": "UK" } })).await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    let view = patch(json!({ "nickname": null, "address": { "country": null } })).await;
    assert_eq!(view.json()["address"], json!({ "locality": "London" }));
    let profile = ada.get("/v1/account/profile").await;
    assert_eq!(profile["nickname"], Value::Null);
    assert_eq!(profile["identifiers"], json!([{ "kind": "email", "value": ADA, "verified": true }]));
    let events = world.events("user.updated").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event["actor"]["type"] == "user" && event["request"].is_string()));
    patch(json!({ "nickname": null })).await;
    assert_eq!(world.events("user.updated").await.len(), 2, "nothing changed, nothing is told");
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_told_field_by_field() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let body =
        json!({ "birthdate": "in spring", "name": "x".repeat(300), "roles": ["owner"], "nickname": "ok" });
    let view = ada.call(Method::PATCH, "/v1/account/profile", Some(body)).await;
    assert_eq!(view.status, StatusCode::BAD_REQUEST);
    assert_eq!(view.header(header::CONTENT_TYPE), Some("application/problem+json"));
    let errors = view.json()["errors"].clone();
    for error in [
        json!({ "field": "birthdate", "id": "birthdate-invalid" }),
        json!({ "field": "name", "id": "value-too-long", "maximum": 200 }),
        json!({ "field": "roles", "id": "value-invalid" }),
    ] {
        assert!(errors.as_array().unwrap().contains(&error), "{error} in {errors}");
    }
    assert_eq!(ada.get("/v1/account/profile").await["nickname"], Value::Null, "all or nothing");
    let many: serde_json::Map<_, _> = (0..200).map(|index| (format!("field{index}"), json!(1))).collect();
    let view = ada.call(Method::PATCH, "/v1/account/profile", Some(many.into())).await;
    assert_eq!(view.json()["errors"].as_array().unwrap().len(), 1, "the answer is bounded");
}

#[tokio::test]
async fn a_change_of_what_has_changed_since_is_refused() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let read = ada.call(Method::GET, "/v1/account/profile", None).await;
    let tag = read.header(header::ETAG).unwrap().to_owned();
    let patch = |name: &str| {
        Request::patch("/v1/account/profile")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/merge-patch+json")
            .header(header::IF_MATCH, &tag)
            .body(Bytes::from(json!({ "nickname": name }).to_string()))
            .unwrap()
    };
    assert_eq!(world.send(patch("first")).await.status(), StatusCode::OK);
    let late = View::of("", world.send(patch("second")).await);
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.json()["code"], "changed_meanwhile");
    assert_eq!(ada.get("/v1/account/profile").await["nickname"], "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn profile_changes_at_once_lose_nothing() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let fields = ["name", "given_name", "family_name", "nickname", "middle_name", "gender"];
    let request = |field: &&str| {
        Request::patch("/v1/account/profile")
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.tokens.access()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(json!({ *field: "new" }).to_string()))
            .unwrap()
    };
    let answers = world.race_all(fields.iter().map(request).collect()).await;
    let profile = ada.get("/v1/account/profile").await;
    for (field, view) in fields.iter().zip(&answers) {
        match view.status {
            StatusCode::OK => assert_eq!(profile[field], "new", "{field}"),
            status => assert_eq!(status, StatusCode::CONFLICT, "{}", view.body),
        }
    }
    let done = answers.iter().filter(|view| view.status == StatusCode::OK).count();
    assert_eq!(world.events("user.updated").await.len(), done);
}
