//! The sessions: listed in parts, ended by their owner alone, by the API and at the page.

use std::time::Duration;

use http::{Method, StatusCode};
use tests::{ADA, GRACE, World};

use super::{Agent, BOUND, sign_in};

#[tokio::test]
async fn sessions_are_listed_in_parts() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let grace = Agent::of(&world, GRACE).await;
    let mut browser = world.visitor();
    browser.headers.push((
        "user-agent".into(),
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
    ));
    browser.sign_in(ADA).await;
    let first = ada.get("/v1/account/sessions?limit=1").await;
    let cursor = first["next"].as_str().unwrap();
    let second = ada.get(&format!("/v1/account/sessions?limit=1&after={cursor}")).await;
    let both = [&first["sessions"][0], &second["sessions"][0]];
    assert_ne!(both[0]["id"], both[1]["id"]);
    assert_eq!(both.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(both.iter().any(|session| session["device"] == "Firefox, Linux"));
    assert!(!first.to_string().contains("lk_ss"), "no handle, nor its hash");
    let path = format!("/v1/account/sessions?after={cursor}");
    for (agent, path) in [
        (&grace, path.as_str()),
        (&ada, "/v1/account/sessions?after=x"),
        (&ada, "/v1/account/sessions?limit=0"),
    ] {
        let view = agent.call(Method::GET, path, None).await;
        assert_eq!(view.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_alone() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let grace = Agent::of(&world, GRACE).await;
    let mut elsewhere = world.visitor();
    let bound = sign_in(&world, &ada.application, (&mut elsewhere, ADA), BOUND).await;
    let sessions = ada.sessions().await;
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/v1/account/sessions/{}", other["id"].as_str().unwrap());

    let foreign = grace.call(Method::DELETE, &path, None).await;
    let unknown = grace.call(Method::DELETE, "/v1/account/sessions/ses_x", None).await;
    assert_eq!((foreign.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(foreign.json()["detail"], unknown.json()["detail"], "nobody learns that it is there");
    assert!(elsewhere.is_signed_in().await);

    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(!elsewhere.is_signed_in().await);
    assert!(!ada.is_active(&bound).await);
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.events("session.ended").await.len(), 1);
}

#[tokio::test]
async fn sessions_are_ended_at_the_page() {
    let world = World::start().await;
    let (mut here, mut there, mut elsewhere) =
        (world.customer(ADA).await, world.customer(ADA).await, world.customer(ADA).await);
    let page = here.get("/account/sessions").await;
    let ending = page.forms().into_iter().find(|form| form.fields.contains_key("session")).unwrap();
    let fields: Vec<_> = ending.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let view = here.post("/account/sessions", &fields).await;
    assert!(view.body.contains("id=\"notice\""));
    assert_eq!(
        [there.is_signed_in().await, elsewhere.is_signed_in().await].iter().filter(|is| **is).count(),
        1
    );
    assert_eq!(here.post("/account/sessions", &fields).await.status, StatusCode::OK, "pressed twice");
    here.submit(&view, "end-others-form", &[]).await;
    assert!(here.is_signed_in().await && !there.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_eq!(world.events("session.ended").await.len(), 2);
}

#[tokio::test]
async fn whoever_signed_in_long_ago_proves_who_they_are_before_they_end_sessions() {
    let world = World::start().await;
    let (mut here, mut there) = (world.customer(ADA).await, world.customer(ADA).await);
    let page = here.get("/account/sessions").await;
    world.advance(Duration::from_secs(15 * 60 + 1));
    let asked = here.submit(&page, "end-others-form", &[]).await;
    assert!(asked.form("identify").or(asked.form("sign-in")).is_some(), "{} {}", asked.path, asked.body);
    assert!(there.is_signed_in().await, "nothing has happened yet");
    let page = here.complete(asked, ADA).await;
    assert_eq!(page.path, "/account/sessions");
    here.submit(&page, "end-others-form", &[]).await;
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
}
