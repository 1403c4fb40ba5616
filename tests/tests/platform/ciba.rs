//! Client-initiated backchannel authentication (OpenID CIBA Core 1.0): a client has its customer asked by mail, and learns of the answer
//! by polling, by a ping, or by being pushed the tokens.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use shared::hook::{ATTEMPTS, Cause, wait_after};
use shared::identity::{self, IdentifierKind, NormalIdentifier, User, parse_identifier};
use shared::settings::{self, UnknownUsers};
use shared::{keys, store};
use tests::{ADA, Application, GRACE, Posted, Receiver, Tokens, View, Visitor, World};

const GRANT: &str = "urn:openid:params:grant-type:ciba";
const INTERVAL: Duration = Duration::from_secs(5);
const TOKEN: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";

async fn client(world: &World, metadata: Value) -> Application {
    let mut all = json!({
        "grant_types": [GRANT, "refresh_token"], "redirect_uris": [], "response_types": [],
        "backchannel_token_delivery_mode": "poll",
    });
    all.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
    Application::register(world, all).await
}

/// One that is told at `receiver`.
async fn told(world: &World, mode: &str, receiver: &Receiver) -> Application {
    let metadata = json!({
        "backchannel_token_delivery_mode": mode,
        "backchannel_client_notification_endpoint": receiver.uri("/notify"),
    });
    client(world, metadata).await
}

async fn ask(world: &World, application: &Application, more: &[(&str, &str)]) -> View {
    let mut form =
        vec![("scope", "openid profile"), ("login_hint", ADA), ("client_notification_token", TOKEN)];
    for (name, value) in more {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form.retain(|(_, value)| !value.is_empty());
    application.ask(world, application.post("/oauth2/bc-authorize", &form)).await
}

async fn asked(world: &World, application: &Application) -> Value {
    let view = ask(world, application, &[]).await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    view.json()
}

fn poll(application: &Application, given: &Value) -> Request<Bytes> {
    let id = given["auth_req_id"].as_str().unwrap();
    application.token_request(&[("grant_type", GRANT), ("auth_req_id", id)])
}

/// The newest link that was mailed.
async fn link(world: &World, email: &str) -> String {
    let messages = world.messages(email).await;
    let words = messages.iter().flat_map(|text| text.split_whitespace());
    let mut paths = words.filter_map(|word| word.strip_prefix(world.issuer()));
    paths.find(|path| path.starts_with("/approve")).unwrap_or_default().to_owned()
}

async fn decide(world: &World, visitor: &mut Visitor<'_>, decision: &str) -> View {
    let question = visitor.get(&link(world, ADA).await).await;
    visitor.submit(&question, "consent", &[("decision", decision)]).await
}

fn body(posted: &Posted) -> Value {
    assert!(posted.head.contains(&format!("authorization: bearer {TOKEN}")), "{}", posted.head);
    assert!(posted.head.contains("content-type: application/json"));
    serde_json::from_str(&posted.body).unwrap()
}

#[tokio::test]
async fn who_polls_gets_tokens_once_its_customer_has_said_yes() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    let view = ask(&world, &application, &[("binding_message", "Rental 4711 <b>")]).await;
    let given = view.json();
    assert_eq!((&given["expires_in"], &given["interval"]), (&json!(600), &json!(5)));
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "authorization_pending");
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "slow_down");
    let mut ada = world.visitor();
    let start = ada.get(&link(&world, ADA).await).await;
    assert!(start.form("identify").is_some(), "a link opens nothing by itself: {}", start.body);
    let password = ada.submit(&start, "identify", &[("identifier", ADA)]).await;
    let question = ada.submit(&password, "sign-in", &[("password", tests::PASSWORD)]).await;
    for shown in ["Photo Printer", "Rental 4711 &lt;b&gt;", "Ada Lovelace"] {
        assert!(question.body.contains(shown), "{shown}: {}", question.body);
    }
    let done = ada.submit(&question, "consent", &[("decision", "allow")]).await;
    assert!(done.body.contains("id=\"outcome\""), "{}", done.body);
    let tokens = application.tokens(&world, poll(&application, &given)).await;
    assert_eq!(tokens.id_claims()["aud"], application.id);
    assert!(tokens.id_claims()["sid"].is_string());
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "invalid_grant");
    application.tokens(&world, application.refreshment(tokens.refresh())).await;
    assert_eq!(ada.get(&link(&world, ADA).await).await.status, StatusCode::BAD_REQUEST);
    for kind in ["backchannel.requested", "backchannel.decided"] {
        assert_eq!(world.audited(kind).await.len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_no_and_an_expiry_are_told() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    let given = asked(&world, &application).await;
    let mut ada = world.customer(ADA).await;
    decide(&world, &mut ada, "deny").await;
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "access_denied");
    let short = ask(&world, &application, &[("requested_expiry", "30")]).await.json();
    assert_eq!(short["expires_in"], 30);
    let late = link(&world, ADA).await;
    world.advance(Duration::from_secs(30));
    assert_eq!(application.refusal(&world, poll(&application, &short)).await, "expired_token");
    assert_eq!(ada.get(&late).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_the_customer_who_is_asked_may_decide() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    let given = asked(&world, &application).await;
    let link = link(&world, ADA).await;
    let mut grace = world.customer(GRACE).await;
    let start = grace.get(&link).await;
    assert!(start.form("consent").is_none(), "another one's session decides nothing: {}", start.body);
    let password = grace.submit(&start, "identify", &[("identifier", GRACE)]).await;
    let refused = grace.submit(&password, "sign-in", &[("password", tests::PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(refused.body.contains("Not your account"), "{}", refused.body);
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "authorization_pending");
}

#[tokio::test]
async fn an_id_is_redeemed_once_whoever_races() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    let given = asked(&world, &application).await;
    decide(&world, &mut world.customer(ADA).await, "allow").await;
    let answers = world.race(&poll(&application, &given)).await;
    let won: Vec<_> = answers.iter().filter(|view| view.status == StatusCode::OK).collect();
    assert_eq!(won.len(), 1);
    assert!(application.is_active(&world, Tokens(won[0].json()).access()).await);
    let thief = client(&world, json!({})).await;
    assert_eq!(thief.refusal(&world, poll(&thief, &given)).await, "invalid_grant");
}

#[tokio::test]
async fn who_is_pinged_is_told_when_to_ask() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let application = told(&world, "ping", &receiver).await;
    let given = asked(&world, &application).await;
    let mut ada = world.customer(ADA).await;
    world.deliver().await;
    assert!(receiver.take().is_empty(), "nothing to tell yet");
    receiver.answer_next(&[503]);
    decide(&world, &mut ada, "allow").await;
    world.deliver().await;
    world.advance(wait_after(1));
    world.deliver().await;
    let posted = receiver.take();
    assert_eq!(posted.len(), 2, "once in vain: {posted:?}");
    assert!(posted[0].head.starts_with("post /notify "));
    for one in &posted {
        assert_eq!(body(one), json!({ "auth_req_id": given["auth_req_id"] }));
    }
    application.tokens(&world, poll(&application, &given)).await;
    let failed = world.audited("backchannel.notification_failed").await;
    assert_eq!(failed[0]["data"]["why"], "the answer has the status 503");
    let notified = world.audited("backchannel.notified").await;
    assert_eq!((notified.len(), &notified[0]["data"]["attempt"]), (1, &json!(2)));
    world.advance(Duration::from_secs(600));
    world.deliver().await;
    assert!(receiver.take().is_empty(), "who has the tokens is not told that time is over");
}

#[tokio::test]
async fn who_is_pushed_to_gets_tokens_that_belong_together() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let application = told(&world, "push", &receiver).await;
    let given = asked(&world, &application).await;
    assert!(given.get("interval").is_none());
    assert_eq!(application.refusal(&world, poll(&application, &given)).await, "unauthorized_client");
    receiver.answer_next(&[500]);
    decide(&world, &mut world.customer(ADA).await, "allow").await;
    world.deliver().await;
    let lost = Tokens(body(&receiver.take()[0]));
    assert!(!application.is_active(&world, lost.access()).await, "what was not taken is worth nothing");
    world.advance(wait_after(1));
    world.deliver().await;
    let pushed = Tokens(body(&receiver.take()[0]));
    assert_eq!(pushed.0["auth_req_id"], given["auth_req_id"]);
    assert_eq!(pushed.0["token_type"], "Bearer");
    let claims = pushed.id_claims();
    assert_eq!(claims["urn:openid:params:jwt:claim:auth_req_id"], given["auth_req_id"]);
    assert!(claims["urn:openid:params:jwt:claim:rt_hash"].is_string() && claims["at_hash"].is_string());
    assert!(application.is_active(&world, pushed.access()).await);
    application.tokens(&world, application.refreshment(pushed.refresh())).await;
    world.advance(Duration::from_secs(600));
    world.deliver().await;
    assert!(receiver.take().is_empty());
    let outbox = json!(world.rows("AuditTable").await).to_string();
    assert!(!outbox.contains(pushed.access()) && !outbox.contains(TOKEN), "no token in the audit log");
}

#[tokio::test]
async fn who_is_pushed_to_learns_of_a_no_and_of_an_expiry() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let application = told(&world, "push", &receiver).await;
    let denied = asked(&world, &application).await;
    decide(&world, &mut world.customer(ADA).await, "deny").await;
    world.deliver().await;
    let error = |error: &str, given: &Value| json!({ "auth_req_id": given["auth_req_id"], "error": error });
    assert_eq!(body(&receiver.take()[0]), error("access_denied", &denied));
    let expired = asked(&world, &application).await;
    world.deliver().await;
    world.advance(Duration::from_secs(600));
    world.deliver().await;
    let posted = receiver.take();
    assert_eq!(posted.iter().map(body).collect::<Vec<_>>(), [error("expired_token", &expired)]);
}

#[tokio::test]
async fn a_customer_cannot_be_flooded() {
    let world = World::start().await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        let application = client(&world, json!({})).await;
        for _ in 0..6 {
            answers.push(ask(&world, &application, &[]).await.status);
        }
    }
    let refused: Vec<_> = (0..24).filter(|at| answers[*at] == StatusCode::TOO_MANY_REQUESTS).collect();
    assert_eq!(refused, [5, 11, 17, 18, 19, 20, 21, 22, 23], "5 of each client, 15 of all");
    assert_eq!(world.messages(ADA).await.len(), 15);
    let other = client(&world, json!({})).await;
    assert_eq!(ask(&world, &other, &[("login_hint", GRACE)]).await.status, StatusCode::OK);
    let app = &world.platform.app;
    let mut changed = settings::load(app).await.unwrap().as_ref().clone();
    changed.oauth.ciba_unknown_users = UnknownUsers::Hidden;
    settings::save(app, &changed).await.unwrap();
    assert_eq!(ask(&world, &other, &[]).await.status, StatusCode::OK, "nothing is told");
    assert_eq!(world.messages(ADA).await.len(), 15, "and nobody is asked");
}

/// The counter must not say that an address and a subject are the same customer's.
#[tokio::test]
async fn what_is_counted_does_not_link_the_hints_of_a_customer() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    for _ in 0..5 {
        assert_eq!(ask(&world, &application, &[]).await.status, StatusCode::OK);
    }
    assert_eq!(ask(&world, &application, &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    let shop = Application::register(&world, json!({})).await;
    let subject = shop.sign_in(&world, ADA).await.id_claims()["sub"].as_str().unwrap().to_owned();
    assert_eq!(ask(&world, &application, &[("login_hint", &subject)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whom_nobody_knows_is_told_or_hidden() {
    let world = World::start().await;
    let application = client(&world, json!({})).await;
    let nobody = [("login_hint", "nobody@example.com")];
    let refused = ask(&world, &application, &nobody).await;
    assert_eq!(
        (refused.status, refused.json()["error"].clone()),
        (StatusCode::BAD_REQUEST, json!("unknown_user_id"))
    );
    let app = &world.platform.app;
    let mut changed = settings::load(app).await.unwrap().as_ref().clone();
    changed.oauth.ciba_unknown_users = UnknownUsers::Hidden;
    settings::save(app, &changed).await.unwrap();
    let hidden = ask(&world, &application, &nobody).await;
    assert_eq!(hidden.status, StatusCode::OK, "{}", hidden.body);
    let known = asked(&world, &application).await;
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&hidden.json()), members(&known));
    world.advance(INTERVAL);
    assert_eq!(
        application.refusal(&world, poll(&application, &hidden.json())).await,
        "authorization_pending"
    );
    assert!(world.messages("nobody@example.com").await.is_empty());
}

#[tokio::test]
async fn a_customer_may_be_named_in_several_ways() {
    let world = World::start().await;
    let metadata = json!({
        "grant_types": ["authorization_code", "refresh_token", GRANT],
        "redirect_uris": ["https://client.example/callback"], "response_types": ["code"],
        "backchannel_token_delivery_mode": "poll",
    });
    let application = Application::register(&world, metadata).await;
    let tokens = application.sign_in(&world, ADA).await;
    let (subject, hint) = (tokens.id_claims()["sub"].clone(), tokens.0["id_token"].clone());
    let (subject, hint) = (subject.as_str().unwrap(), hint.as_str().unwrap());
    for more in [
        vec![("login_hint", "ADA@example.com")],
        vec![("login_hint", subject)],
        vec![("login_hint", ""), ("id_token_hint", hint)],
    ] {
        assert_eq!(ask(&world, &application, &more).await.status, StatusCode::OK, "{more:?}");
    }
    let other = client(&world, json!({})).await;
    let foreign = ask(&world, &other, &[("login_hint", ""), ("id_token_hint", hint)]).await;
    assert_eq!(foreign.json()["error"], "invalid_request");
}

#[tokio::test]
async fn tokens_that_must_be_bound_are_pushed_to_nobody() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let metadata = json!({
        "grant_types": [GRANT], "redirect_uris": [], "response_types": [], "dpop_bound_access_tokens": true,
        "backchannel_token_delivery_mode": "push",
        "backchannel_client_notification_endpoint": receiver.uri("/notify"),
    });
    let refused = Application::ask_to_register(&world, metadata).await;
    assert_eq!(refused.json()["error"], "invalid_client_metadata");
    // An administrator may bind the tokens of one that registered before.
    let application = told(&world, "push", &receiver).await;
    let app = &world.platform.app;
    let mut stored = shared::client::load(app, &application.id).await.unwrap().unwrap();
    stored.dpop_bound = true;
    let writes = shared::client::replace_writes(app, &mut stored, &shared::hook::Cause::system());
    shared::client::save(app, &application.id, writes).await.unwrap();
    assert_eq!(ask(&world, &application, &[]).await.json()["error"], "invalid_request");
    assert!(world.messages(ADA).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let application = told(&world, "ping", &receiver).await;
    for (more, error) in [
        (vec![("scope", "profile")], "invalid_scope"),
        (vec![("scope", "")], "invalid_scope"),
        (vec![("login_hint", "")], "invalid_request"),
        (vec![("id_token_hint", "a.b.c")], "invalid_request"),
        (vec![("login_hint", ""), ("id_token_hint", "a.b.c")], "invalid_request"),
        (vec![("client_notification_token", "")], "invalid_request"),
        (vec![("client_notification_token", "a b")], "invalid_request"),
        (vec![("requested_expiry", "0")], "invalid_request"),
        (vec![("resource", "urn:unknown")], "invalid_target"),
    ] {
        assert_eq!(ask(&world, &application, &more).await.json()["error"], error, "{more:?}");
    }
    let long = "x".repeat(101);
    let long = ask(&world, &application, &[("binding_message", &long)]).await;
    assert_eq!(long.json()["error"], "invalid_binding_message");
    let other = Application::register(&world, json!({})).await;
    assert_eq!(ask(&world, &other, &[]).await.json()["error"], "unauthorized_client");
    assert!(world.messages(ADA).await.is_empty());
}

#[tokio::test]
async fn a_client_that_is_never_there_ends_among_the_dead_letters() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next(&[503; 40]);
    let application = told(&world, "ping", &receiver).await;
    asked(&world, &application).await;
    decide(&world, &mut world.customer(ADA).await, "allow").await;
    for attempt in 1..=ATTEMPTS + 1 {
        world.deliver().await;
        world.advance(wait_after(attempt));
    }
    assert!(receiver.posted().len() <= 2 * ATTEMPTS as usize);
    let queues = world.stack().queues();
    assert!(queues.depth("NotificationsDeadLetters").unwrap().total() >= 1);
}

#[tokio::test]
async fn a_number_that_nobody_has_proven_names_nobody() {
    let world = World::start().await;
    let app = &world.platform.app;
    let names = [
        NormalIdentifier::email("mallory@example.com"),
        parse_identifier("+4915112345678", &[IdentifierKind::Phone], None),
    ];
    let mut mallory = User::new(app, &names.map(Result::unwrap));
    mallory.identifiers[0].verified_at = Some(app.clock.now());
    let writes = identity::create_writes(app, &keys::sealer(app).await.unwrap(), &mallory, &Cause::system());
    store::transact(app, writes).await.unwrap();
    let hint = [("login_hint", "+4915112345678")];
    assert_eq!(ask(&world, &client(&world, json!({})).await, &hint).await.json()["error"], "unknown_user_id");
}
