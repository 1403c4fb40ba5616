//! What customers do at the doors: sign up, sign in as another, sign out, recover.

use serde_json::json;
use tests::{ADA, Application, GRACE, Receiver, World, value_of};

use super::expect;

pub(super) async fn sign_up(world: &World) {
    let mut visitor = world.visitor();
    let asked = visitor.begin_sign_up("new@example.com").await;
    assert!(asked.form("verify").is_some(), "{}: {}", asked.path, asked.body);
    let again = visitor.get(&asked.path).await;
    let code = world.code_for("new@example.com").await;
    expect(&visitor.submit(&again, "verify", &[("code", &code)]).await, 200);
    assert!(visitor.is_signed_in().await);
}

pub(super) async fn other_account(world: &World) {
    let application = Application::register(world, json!({})).await;
    let mut visitor = world.customer(GRACE).await;
    let start = visitor.get(&application.authorize_path(&[("prompt", "select_account")])).await;
    let start = visitor.submit(&start, "other-form", &[]).await;
    let end = visitor.complete(start, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    let tokens = application.tokens(world, application.redemption(&code)).await;
    application.tokens(world, application.refreshment(tokens.refresh())).await;
}

/// The clients of the session are told.
pub(super) async fn sign_out(world: &World, receiver: &Receiver) {
    let metadata = json!({ "backchannel_logout_uri": receiver.uri("/signed-out") });
    let application = Application::register(world, metadata).await;
    let mut grace = world.visitor();
    let code = application.code(&mut grace, GRACE).await;
    application.tokens(world, application.redemption(&code)).await;
    let question = grace.get("/oauth2/logout").await;
    expect(&grace.submit(&question, "logout", &[]).await, 200);
    assert!(!grace.is_signed_in().await);
    assert!(!world.audited("logout.delivered").await.is_empty());
    assert!(!receiver.take().is_empty(), "the client is told");
}

pub(super) async fn recovery(world: &World) {
    let mut grace = world.visitor();
    let link = grace.recovery_link(GRACE).await;
    let page = grace.get(&link).await;
    expect(&grace.submit(&page, "reset", &[("password", "a brand new pass phrase 52")]).await, 200);
    assert_eq!(world.audited("password.reset").await.len(), 1);
}
