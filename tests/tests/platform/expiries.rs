//! Everything that expires, one second before and after: the clock advances, nothing is collected.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use tests::{ADA, Application, PASSWORD, World};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn a_code_lives_a_minute() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    world.advance(MINUTE - SECOND);
    application.tokens(&world, application.redemption(&code)).await;

    let code = application.code(&mut world.visitor(), ADA).await;
    world.advance(MINUTE + SECOND);
    assert_eq!(application.refusal(&world, application.redemption(&code)).await, "invalid_grant");
}

#[tokio::test]
async fn an_access_token_lives_ten_minutes() {
    for format in ["jwt", "opaque"] {
        let world = World::start().await;
        let application =
            Application::register(&world, json!({ "latchkey_access_token_format": format })).await;
        let tokens = application.sign_in(&world, ADA).await;
        assert_eq!(tokens.0["expires_in"], 600);
        assert_eq!(world.get_as("/oauth2/userinfo", tokens.access()).await.status, StatusCode::OK);
        world.advance(10 * MINUTE + SECOND);
        assert_eq!(
            world.get_as("/oauth2/userinfo", tokens.access()).await.status,
            StatusCode::UNAUTHORIZED,
            "{format}"
        );
        assert!(!application.is_active(&world, tokens.access()).await, "{format}");
    }
}

#[tokio::test]
async fn a_sign_in_that_was_begun_lives_half_an_hour() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let start = visitor.get("/account").await;
    world.advance(29 * MINUTE);
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    assert!(password.form("sign-in").is_some());
    world.advance(31 * MINUTE);
    let late = visitor.submit(&password, "sign-in", &[("password", PASSWORD)]).await;
    assert!(late.status.is_client_error(), "{}", late.status);
    assert!(!visitor.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    for _ in 0..3 {
        world.advance(6 * DAY);
        assert!(ada.is_signed_in().await, "a used session goes on");
    }
    world.advance(7 * DAY + SECOND);
    assert!(!ada.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_however_often_it_is_used() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    for _ in 0..5 {
        world.advance(6 * DAY - MINUTE);
        assert!(ada.is_signed_in().await);
    }
    world.advance(6 * MINUTE);
    assert!(!ada.is_signed_in().await, "after thirty days");
}

#[tokio::test]
async fn a_refresh_token_ends_when_it_is_not_used() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    world.advance(30 * DAY - SECOND);
    let fresh = application.tokens(&world, application.refreshment(tokens.refresh())).await;
    world.advance(30 * DAY + SECOND);
    assert_eq!(application.refusal(&world, application.refreshment(fresh.refresh())).await, "invalid_grant");
}

#[tokio::test]
async fn a_token_family_ends_after_a_year() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut tokens = application.sign_in(&world, ADA).await;
    for _ in 0..12 {
        world.advance(30 * DAY - SECOND);
        tokens = application.tokens(&world, application.refreshment(tokens.refresh())).await;
    }
    world.advance(6 * DAY);
    assert_eq!(application.refusal(&world, application.refreshment(tokens.refresh())).await, "invalid_grant");
}

#[tokio::test]
async fn a_mailed_code_lives_ten_minutes() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up("late@example.com").await;
    let code = world.code_for("late@example.com").await;
    world.advance(10 * MINUTE + SECOND);
    let late = visitor.submit(&verify, "verify", &[("code", &code)]).await;
    assert!(late.form("verify").is_some(), "{} {}", late.status, late.body);
    assert!(!visitor.is_signed_in().await);
}

#[tokio::test]
async fn a_recovery_link_lives_half_an_hour() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let link = visitor.recovery_link(ADA).await;
    let page = visitor.get(&link).await;
    assert!(page.form("reset").is_some());
    world.advance(30 * MINUTE + SECOND);
    let late = visitor.submit(&page, "reset", &[("password", "a brand new pass phrase 61")]).await;
    assert!(late.form("reset").is_none());
    assert!(world.events("password.reset").await.is_empty());
    assert!(visitor.get(&link).await.form("reset").is_none());
}

#[tokio::test]
async fn a_brake_on_guesses_lets_go_in_time() {
    let world = World::start().await;
    let mut stranger = world.visitor();
    let start = stranger.get("/account").await;
    let mut page = stranger.submit(&start, "identify", &[("identifier", ADA)]).await;
    let mut slowed = None;
    for count in 0..120 {
        let answer =
            stranger.submit(&page, "sign-in", &[("password", &format!("wrong guess number {count}"))]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            slowed = Some(answer);
            break;
        }
        page = answer;
    }
    let seconds: u64 = slowed.unwrap().header("retry-after").unwrap().parse().unwrap();
    world.advance(Duration::from_secs(seconds) + SECOND);
    let answer = stranger.submit(&page, "sign-in", &[("password", PASSWORD)]).await;
    assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "`Retry-After` told the truth");
}

#[tokio::test]
async fn a_password_is_changed_only_soon_after_signing_in() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    assert!(ada.get("/account/password").await.form("password").is_some());
    world.advance(16 * MINUTE);
    let page = ada.get("/account/password").await;
    if let Some(form) = page.form("password") {
        let fields = [("current_password", PASSWORD), ("new_password", "a brand new pass phrase 71")];
        assert_eq!(form.action, "/account/password");
        let answer = ada.submit(&page, "password", &fields).await;
        let asked_again = answer.form("sign-in").is_some() || answer.status.is_client_error();
        let proven = world.events("password.changed").await.len() == 1;
        assert!(asked_again || proven, "the present password proves it as well");
    }
}
