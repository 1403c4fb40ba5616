//! What was used once and comes again: the family of tokens ends, and audit and events say so (RFC 9700 §4.5, §4.14).

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use tests::{ADA, Application, World};

#[tokio::test]
async fn a_code_that_comes_again_revokes_its_family_and_says_so() {
    for format in ["jwt", "opaque"] {
        let world = World::start().await;
        let application =
            Application::register(&world, json!({ "latchkey_access_token_format": format })).await;
        let code = application.code(&mut world.visitor(), ADA).await;
        let tokens = application.tokens(&world, application.redemption(&code)).await;
        assert_eq!(application.refusal(&world, application.redemption(&code)).await, "invalid_grant");

        assert_eq!(
            application.refusal(&world, application.refreshment(tokens.refresh())).await,
            "invalid_grant"
        );
        assert!(!application.is_active(&world, tokens.access()).await, "{format}");
        let userinfo = world.get_as("/oauth2/userinfo", tokens.access()).await;
        assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED, "{format}");
        let events = world.events("code.reused").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["client"], application.id.as_str());
        let audited = world.audited("code.reused").await;
        assert_eq!(audited.len(), 1);
        assert!(audited[0]["address"].is_string() && audited[0]["request"].is_string(), "{}", audited[0]);
    }
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_after_the_grace_revokes_its_family_and_says_so() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let first = application.sign_in(&world, ADA).await;
    let second = application.tokens(&world, application.refreshment(first.refresh())).await;
    world.advance(Duration::from_secs(11));
    assert_eq!(application.refusal(&world, application.refreshment(first.refresh())).await, "invalid_grant");
    assert_eq!(application.refusal(&world, application.refreshment(second.refresh())).await, "invalid_grant");
    assert!(!application.is_active(&world, second.access()).await);
    assert_eq!(world.events("refresh_token.reused").await.len(), 1);
    assert_eq!(world.audited("refresh_token.reused").await.len(), 1);
}

#[tokio::test]
async fn a_client_that_lost_the_answer_may_ask_again_within_the_grace() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let first = application.sign_in(&world, ADA).await;
    application.tokens(&world, application.refreshment(first.refresh())).await;
    world.advance(Duration::from_secs(9));
    let again = application.tokens(&world, application.refreshment(first.refresh())).await;
    world.advance(Duration::from_secs(60));
    let next = application.tokens(&world, application.refreshment(again.refresh())).await;
    assert!(application.is_active(&world, next.access()).await);
    assert!(world.events("refresh_token.reused").await.is_empty());
}

#[tokio::test]
async fn the_grace_ends_with_the_first_use_of_the_successor() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let first = application.sign_in(&world, ADA).await;
    let second = application.tokens(&world, application.refreshment(first.refresh())).await;
    application.tokens(&world, application.refreshment(second.refresh())).await;
    assert_eq!(application.refusal(&world, application.refreshment(first.refresh())).await, "invalid_grant");
    assert_eq!(world.events("refresh_token.reused").await.len(), 1);
}

#[tokio::test]
async fn a_stranger_can_not_revoke_a_family_by_presenting_its_code() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let stranger = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    assert_eq!(stranger.refusal(&world, stranger.redemption(&code)).await, "invalid_grant");
    let tokens = application.tokens(&world, application.redemption(&code)).await;
    assert!(application.is_active(&world, tokens.access()).await);
}

#[tokio::test]
async fn every_sign_in_and_failure_is_in_the_audit_log() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let start = visitor.get("/account").await;
    let page = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let wrong = visitor.submit(&page, "sign-in", &[("password", "not the right one")]).await;
    visitor.complete(wrong, ADA).await;
    for kind in ["sign_in.failed", "sign_in.succeeded", "session.started"] {
        let records = world.audited(kind).await;
        assert_eq!(records.len(), 1, "{kind}");
        for name in ["actor", "address", "request", "user"] {
            assert!(!records[0][name].is_null(), "{kind} names {name}: {}", records[0]);
        }
        assert!(!records[0].to_string().contains("ada@"), "no address in the audit log: {}", records[0]);
    }
}
