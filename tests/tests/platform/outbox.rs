//! From a change to its audit record and its message: the outbox, the queues and what consumes them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use local::aws::Fault;
use serde_json::json;
use shared::app::App;
use shared::audit;
use shared::hook::{Cause, EventKind};
use shared::id::UserId;
use shared::identity::{self, NormalIdentifier, User};
use shared::keys;
use shared::message::{self, Destination, Outgoing};
use shared::page::{Locale, Message};
use shared::store::{self, Page};
use tests::World;

async fn send(app: &App, to: Destination, message: Message, user: Option<&UserId>) {
    let sealer = keys::sealer(app).await.unwrap();
    let expires_at = app.clock.now().plus(Duration::from_secs(600));
    let outgoing = Outgoing { to, message, locale: Locale::En, user, expires_at };
    let write = message::request(app, &sealer, outgoing, &Cause::system());
    store::transact(app, vec![write]).await.unwrap();
}

fn mail(address: &str) -> Destination {
    Destination::Email(address.to_owned())
}

fn code() -> Message {
    Message::VerifyEmail { code: "123456".to_owned(), minutes: 10 }
}

async fn kinds(app: &App, user: &UserId) -> Vec<EventKind> {
    let (records, _) = audit::by_user(app, user, Page::first(50)).await.unwrap();
    records.into_iter().map(|record| record.event.kind).collect()
}

#[tokio::test]
async fn a_change_is_in_the_audit_log_once_however_often_it_is_delivered() {
    let world = World::seeded().await;
    let app = world.app();
    let ada = User::new(app, &[NormalIdentifier::email("ada@example.com").unwrap()]).proven();
    let sealer = keys::sealer(app).await.unwrap();
    store::transact(app, identity::create_writes(app, &sealer, &ada, &Cause::system())).await.unwrap();
    let batch = world.stack().stream_batch("OutboxTable", 100).unwrap();
    assert_eq!(batch.len(), 1);
    for _ in 0..2 {
        world.platform.invoke("events-dispatch", json!({ "Records": batch })).await.unwrap();
    }
    world.deliver().await;
    assert_eq!(kinds(app, &ada.id).await, [EventKind::UserCreated]);
}

#[tokio::test]
async fn a_mail_whose_sender_is_not_verified_is_kept_until_it_is() {
    let mut world = World::seeded().await;
    let verified = world.app().config.mail_from.clone();
    world.configure(|config| config.mail_from = "no-reply@unverified.example".to_owned());
    send(world.app(), mail("ada@example.com"), code(), None).await;
    world.deliver().await;
    assert!(world.stack().inbox().to("ada@example.com").is_empty());
    assert_eq!(world.stack().queues().depth("MessagesQueue").unwrap().total(), 1);
    world.configure(|config| config.mail_from = verified);
    world.advance(Duration::from_secs(180));
    world.deliver().await;
    assert_eq!(world.stack().inbox().to("ada@example.com").len(), 1);
}

#[tokio::test]
async fn a_mail_reaches_its_recipient_and_its_content_nobody_else() {
    let world = World::seeded().await;
    let app = world.app();
    let ada = UserId::new(app);
    send(app, mail("ada@example.com"), code(), Some(&ada)).await;
    world.deliver().await;
    let mails = world.stack().inbox().to("ada@example.com");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("123456") && mails[0].html.as_ref().unwrap().contains("123456"));
    let (records, _) = audit::by_user(app, &ada, Page::first(50)).await.unwrap();
    assert_eq!(records[0].event.data, json!({ "message": "verify-email", "channel": "email" }));
}

#[tokio::test]
async fn a_code_goes_out_as_a_short_message() {
    let world = World::seeded().await;
    let message = Message::VerifyPhone { code: "654321".to_owned(), host: "localhost".to_owned() };
    send(world.app(), Destination::Phone("+16502530000".to_owned()), message, None).await;
    world.deliver().await;
    let texts = world.stack().inbox().to("+16502530000");
    assert!(texts[0].text.contains("654321"));
}

#[tokio::test]
async fn a_message_that_is_late_is_not_sent() {
    let world = World::seeded().await;
    send(world.app(), mail("ada@example.com"), code(), None).await;
    world.advance(Duration::from_secs(600));
    world.deliver().await;
    assert!(world.stack().inbox().all().is_empty());
}

#[tokio::test]
async fn nobody_makes_us_pay_for_more_texts_than_a_customer_needs() {
    let world = World::seeded().await;
    for _ in 0..9 {
        let message = Message::VerifyPhone { code: "1".to_owned(), host: "localhost".to_owned() };
        send(world.app(), Destination::Phone("+16502530000".to_owned()), message, None).await;
    }
    world.deliver().await;
    assert_eq!(world.stack().inbox().all().len(), 6);
}

#[tokio::test]
async fn a_mail_that_could_not_be_handed_over_is_tried_again() {
    let world = World::seeded().await;
    for _ in 0..3 {
        world.stack().fail_next("ses.SendEmail", Fault::Internal);
    }
    send(world.app(), mail("ada@example.com"), code(), None).await;
    let _ = world.platform.drain().await;
    assert!(world.stack().inbox().all().is_empty());
    world.advance(Duration::from_secs(181));
    world.deliver().await;
    assert_eq!(world.stack().inbox().to("ada@example.com").len(), 1);
}

#[tokio::test]
async fn a_list_goes_on_where_it_stopped() {
    let world = World::seeded().await;
    let app = world.app();
    let ada = UserId::new(app);
    for kind in [EventKind::SessionStarted, EventKind::SignInSucceeded, EventKind::SessionEnded] {
        let event = Cause::system().event(app, kind).to(&ada);
        store::transact(app, vec![event.announce()]).await.unwrap();
        world.advance(Duration::from_secs(1));
    }
    world.deliver().await;
    let (first, next) = audit::by_user(app, &ada, Page::first(2)).await.unwrap();
    assert_eq!(
        [first[0].event.kind, first[1].event.kind],
        [EventKind::SessionEnded, EventKind::SignInSucceeded]
    );
    let (second, _) = audit::by_user(app, &ada, Page { limit: 2, after: next }).await.unwrap();
    assert_eq!(
        second.iter().map(|record| record.event.kind).collect::<Vec<_>>(),
        [EventKind::SessionStarted]
    );
}
