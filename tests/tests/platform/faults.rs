//! What AWS does now and then: it is tried again where that is safe, told plainly where it is not, and nothing is half-written.

use std::time::Duration;

use http::StatusCode;
use local::aws::Fault;
use serde_json::json;
use shared::settings;
use tests::{ADA, Application, Holder, PASSWORD, View, World};

/// More failures than the SDK and the store try again.
const OUTAGE: usize = 40;

#[tokio::test]
async fn a_throttled_read_is_tried_again() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    for operation in ["dynamodb.GetItem", "dynamodb.BatchGetItem"] {
        world.stack().fail_next(operation, Fault::Throttling);
    }
    let answer = world.get_as("/oauth2/userinfo", tokens.access()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_transaction_in_conflict_is_tried_again() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    world.stack().fail_next("dynamodb.TransactWriteItems", Fault::TransactionConflict);
    application.tokens(&world, application.redemption(&code)).await;
}

#[tokio::test]
async fn a_lost_answer_does_not_look_like_a_second_use() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    world.stack().fail_next("dynamodb.TransactWriteItems", Fault::AnswerLost);
    let tokens = application.tokens(&world, application.redemption(&code)).await;
    assert!(world.events("code.reused").await.is_empty());
    world.stack().fail_next("dynamodb.TransactWriteItems", Fault::AnswerLost);
    world.stack().fail_next("dynamodb.UpdateItem", Fault::AnswerLost);
    application.tokens(&world, application.refreshment(tokens.refresh())).await;
    assert!(world.events("refresh_token.reused").await.is_empty());
}

#[tokio::test]
async fn a_conflict_of_a_single_write_is_waited_for() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    for _ in 0..3 {
        world.stack().fail_next("dynamodb.UpdateItem", Fault::TransactionConflict);
    }
    application.tokens(&world, application.refreshment(tokens.refresh())).await;
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_no_theft_even_without_a_grace() {
    let world = World::start().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.tokens.refresh_grace = Duration::ZERO;
    settings::save(world.app(), &settings).await.unwrap();
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    world.stack().fail_next("dynamodb.UpdateItem", Fault::AnswerLost);
    let tokens = application.tokens(&world, application.refreshment(tokens.refresh())).await;
    application.tokens(&world, application.refreshment(tokens.refresh())).await;
    assert!(world.events("refresh_token.reused").await.is_empty());
}

#[tokio::test]
async fn a_proof_whose_answer_was_lost_is_no_replay() {
    let world = World::start().await;
    let application = Application::register(&world, json!({ "dpop_bound_access_tokens": true })).await;
    let holder = Holder::default();
    let code = application.code(&mut world.visitor(), ADA).await;
    let redemption = holder.prove(application.redemption(&code), world.issuer(), world.app().clock.now());
    world.stack().fail_next("dynamodb.PutItem", Fault::AnswerLost);
    application.tokens(&world, redemption.clone()).await;
    // A proof that really comes twice is one.
    assert_eq!(application.refusal(&world, redemption).await, "invalid_dpop_proof");
}

#[tokio::test]
async fn what_is_counted_is_counted_once_when_its_answer_was_lost() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up("counted@example.com").await;
    let tries = settings::load(world.app()).await.unwrap().proofs.attempts;
    for _ in 1..tries {
        // The first counts requests of the address, the second tries of the code.
        for _ in 0..2 {
            world.stack().fail_next("dynamodb.UpdateItem", Fault::AnswerLost);
        }
        visitor.submit(&verify, "verify", &[("code", "000000")]).await;
    }
    let code = world.code_for("counted@example.com").await;
    let end = visitor.submit(&verify, "verify", &[("code", &code)]).await;
    assert!(end.body.contains("Signed in as counted@example.com"), "{}", end.body);
}

#[tokio::test]
async fn a_lost_answer_does_not_end_a_sign_in() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[])).await;
    world.stack().fail_next("dynamodb.PutItem", Fault::AnswerLost);
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let end = visitor.complete(password, ADA).await;
    assert!(end.location().is_some_and(|location| location.contains("code=")), "{}", end.body);

    world.stack().fail_next("dynamodb.PutItem", Fault::AnswerLost);
    let again = visitor.get(&application.authorize_path(&[])).await;
    assert!(again.location().is_some_and(|location| location.contains("code=")), "{}", again.body);
}

fn fail_all(world: &World, operations: &[&str]) {
    for operation in operations {
        for _ in 0..OUTAGE {
            world.stack().fail_next(operation, Fault::Internal);
        }
    }
}

const WRITES: &[&str] =
    &["dynamodb.TransactWriteItems", "dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem"];

fn assert_plain_refusal(view: &View) {
    assert!(matches!(view.status.as_u16(), 500 | 503), "{} {}", view.status, view.body);
    assert!(view.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
    for secret in ["dynamodb", "InternalServerError", "Table", "panicked"] {
        assert!(!view.body.contains(secret), "`{secret}` is no caller's business: {}", view.body);
    }
}

#[tokio::test]
async fn when_tables_do_not_take_writes_nothing_is_half_written() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    let mut visitor = world.visitor();
    let sign_up = visitor.sign_up_page().await;
    world.deliver().await;
    let before = world.census().await;

    fail_all(&world, WRITES);
    assert_plain_refusal(&application.ask(&world, application.redemption(&code)).await);
    let fields = [("email", "half@example.com"), ("password", PASSWORD)];
    let request = visitor.request_of(&sign_up, "sign-up", &fields);
    assert_plain_refusal(&View::of("/signup", world.send(request).await));
    assert_eq!(world.census().await, before);
}

#[tokio::test]
async fn when_tables_do_not_answer_at_all_the_caller_is_told_so() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    fail_all(&world, &["dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query"]);
    fail_all(&world, WRITES);
    assert_plain_refusal(&world.get_as("/oauth2/userinfo", tokens.access()).await);
    assert_plain_refusal(&application.ask(&world, application.refreshment(tokens.refresh())).await);
    assert_plain_refusal(&world.visitor().get("/account").await);
}

#[tokio::test]
async fn a_message_that_was_not_sent_is_sent_later_and_once() {
    let world = World::start().await;
    world.stack().fail_next("ses.SendEmail", Fault::Throttling);
    let mut visitor = world.visitor();
    visitor.begin_sign_up("patient@example.com").await;
    assert_eq!(world.messages("patient@example.com").await.len(), 1);
}
