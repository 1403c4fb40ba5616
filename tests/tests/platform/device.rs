//! The device grant (RFC 8628): a device shows a code, its customer types it elsewhere and says yes or no, and the device gets tokens once.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::{Value, json};
use tests::{ADA, Application, GRACE, Tokens, View, Visitor, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const INTERVAL: Duration = Duration::from_secs(5);

/// A device with its application, and what it was given.
struct Tv {
    application: Application,
    given: Value,
}

impl Tv {
    async fn start(world: &World) -> Self {
        Self::with(world, json!({})).await
    }

    async fn with(world: &World, metadata: Value) -> Self {
        let mut all =
            json!({ "grant_types": [GRANT, "refresh_token"], "redirect_uris": [], "response_types": [] });
        all.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        let application = Application::register(world, all).await;
        let given = Self::ask(world, &application).await;
        assert_eq!(given.status, StatusCode::OK, "{}", given.body);
        Self { application, given: given.json() }
    }

    async fn ask(world: &World, application: &Application) -> View {
        let request = application.post("/oauth2/device_authorization", &[("scope", "openid profile")]);
        application.ask(world, request).await
    }

    fn text(&self, name: &str) -> &str {
        self.given[name].as_str().unwrap()
    }

    fn poll(&self) -> Request<bytes::Bytes> {
        let code = self.text("device_code");
        self.application.token_request(&[("grant_type", GRANT), ("device_code", code)])
    }

    async fn refusal(&self, world: &World) -> String {
        self.application.refusal(world, self.poll()).await
    }

    async fn tokens(&self, world: &World) -> Tokens {
        self.application.tokens(world, self.poll()).await
    }

    /// Types the code; the answer is the first step of the sign-in, or the question.
    async fn enter(&self, world: &World, visitor: &mut Visitor<'_>) -> View {
        let link = self.text("verification_uri_complete");
        let page = visitor.get(link.strip_prefix(world.issuer()).unwrap()).await;
        assert_eq!(page.form("device").unwrap().fields["user_code"], self.text("user_code"));
        visitor.submit(&page, "device", &[]).await
    }

    /// Types the code and says yes.
    async fn approve(&self, world: &World, visitor: &mut Visitor<'_>) {
        let start = self.enter(world, visitor).await;
        let done = visitor.complete(start, ADA).await;
        assert!(done.body.contains("id=\"outcome\""), "{} {}", done.path, done.body);
    }
}

#[tokio::test]
async fn a_device_gets_tokens_once_its_customer_has_said_yes() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    assert_eq!((&tv.given["expires_in"], &tv.given["interval"]), (&json!(600), &json!(5)));
    assert_eq!(tv.text("verification_uri"), format!("{}/device", world.issuer()));
    assert_eq!(tv.refusal(&world).await, "authorization_pending");
    let mut ada = world.visitor();
    let start = tv.enter(&world, &mut ada).await;
    let password = ada.submit(&start, "identify", &[("identifier", ADA)]).await;
    let question = ada.submit(&password, "sign-in", &[("password", tests::PASSWORD)]).await;
    assert!(question.form("consent").is_some(), "{}", question.body);
    for shown in [tv.text("user_code"), "Photo Printer", "192.0.2.1"] {
        assert!(question.body.contains(shown), "{shown}: {}", question.body);
    }
    world.advance(INTERVAL);
    assert_eq!(tv.refusal(&world).await, "authorization_pending");
    let done = ada.submit(&question, "consent", &[("decision", "allow")]).await;
    assert!(done.body.contains("id=\"outcome\""), "{}", done.body);
    world.advance(INTERVAL);
    let tokens = tv.tokens(&world).await;
    let claims = tokens.id_claims();
    assert_eq!(claims["aud"], tv.application.id);
    assert_eq!(tv.refusal(&world).await, "invalid_grant");
    assert!(tv.application.is_active(&world, tokens.access()).await, "a second try ends nothing");
    tv.application.tokens(&world, tv.application.refreshment(tokens.refresh())).await;

    let page = ada.get("/account/sessions").await;
    assert!(page.body.contains("Photo Printer"), "the session knows the application");
    ada.submit(&page, "logout", &[]).await;
    assert!(!tv.application.is_active(&world, tokens.access()).await, "the grant ends with the session");
}

#[tokio::test]
async fn a_customer_who_is_signed_in_is_asked_all_the_same() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let mut ada = world.customer(ADA).await;
    for _ in 0..2 {
        let question = tv.enter(&world, &mut ada).await;
        assert!(question.form("consent").is_some(), "{}", question.body);
    }
    tv.approve(&world, &mut ada).await;
    let again = Tv { given: Tv::ask(&world, &tv.application).await.json(), ..tv };
    let question = again.enter(&world, &mut ada).await;
    assert!(question.form("consent").is_some(), "a yes is for one device");
}

#[tokio::test]
async fn a_no_is_told_to_the_device() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let mut ada = world.customer(ADA).await;
    let question = tv.enter(&world, &mut ada).await;
    let done = ada.submit(&question, "consent", &[("decision", "deny")]).await;
    assert!(done.body.contains("id=\"outcome\""), "{}", done.body);
    assert_eq!(tv.refusal(&world).await, "access_denied");
    let late = tv.enter(&world, &mut ada).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "a code is decided on once");
    assert_eq!(world.events("consent.denied").await.len(), 1);
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let world = World::start().await;
    let (tv, late) = (Tv::start(&world).await, Tv::start(&world).await);
    let mut ada = world.customer(ADA).await;
    let question = late.enter(&world, &mut ada).await;
    world.advance(Duration::from_secs(599));
    assert_eq!(tv.refusal(&world).await, "authorization_pending");
    world.advance(Duration::from_secs(1));
    assert_eq!(tv.refusal(&world).await, "expired_token");
    assert_eq!(tv.enter(&world, &mut ada).await.status, StatusCode::BAD_REQUEST);
    let answer = ada.submit(&question, "consent", &[("decision", "allow")]).await;
    assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.body);
    assert_eq!(late.refusal(&world).await, "expired_token");
}

#[tokio::test]
async fn who_polls_too_often_waits_longer() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    assert_eq!(tv.refusal(&world).await, "authorization_pending");
    assert_eq!(tv.refusal(&world).await, "slow_down");
    world.advance(INTERVAL);
    assert_eq!(tv.refusal(&world).await, "slow_down", "ten seconds by now");
    world.advance(2 * INTERVAL);
    assert_eq!(tv.refusal(&world).await, "slow_down", "fifteen by now");
    world.advance(4 * INTERVAL);
    assert_eq!(tv.refusal(&world).await, "authorization_pending");
    let other = Tv::start(&world).await;
    assert_eq!(other.refusal(&world).await, "authorization_pending", "each code is counted by itself");
}

#[tokio::test]
async fn a_device_code_is_redeemed_once_whoever_races() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    tv.approve(&world, &mut world.visitor()).await;
    let answers = world.race(&tv.poll()).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|view| view.status == StatusCode::OK);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|view| view.json()["error"] == "invalid_grant"), "{lost:?}");
    let tokens = Tokens(won[0].json());
    assert!(tv.application.is_active(&world, tokens.access()).await);
    assert_eq!(world.events("grant.created").await.len(), 1);
}

#[tokio::test]
async fn a_code_is_decided_on_once_whoever_races() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let (mut ada, mut grace) = (world.customer(ADA).await, world.customer(GRACE).await);
    let (yes, no) = (tv.enter(&world, &mut ada).await, tv.enter(&world, &mut grace).await);
    let requests = vec![
        ada.request_of(&yes, "consent", &[("decision", "allow")]),
        grace.request_of(&no, "consent", &[("decision", "deny")]),
    ];
    let answers = world.race_all(requests).await;
    let decided = answers.iter().filter(|view| view.status == StatusCode::OK).count();
    assert_eq!(decided, 1, "{answers:?}");
    let answer = tv.application.ask(&world, tv.poll()).await;
    let granted = answer.status == StatusCode::OK;
    assert_eq!(granted, answers[0].status == StatusCode::OK);
    assert!(granted || answer.json()["error"] == "access_denied");
}

#[tokio::test]
async fn a_device_code_is_its_clients_alone() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let thief = Tv::start(&world).await;
    tv.approve(&world, &mut world.visitor()).await;
    let code = tv.text("device_code");
    let stolen = thief.application.token_request(&[("grant_type", GRANT), ("device_code", code)]);
    assert_eq!(thief.application.refusal(&world, stolen).await, "invalid_grant");
    for made_up in ["", "nonsense", thief.text("user_code")] {
        let request = tv.application.token_request(&[("grant_type", GRANT), ("device_code", made_up)]);
        let error = tv.application.refusal(&world, request).await;
        assert_eq!(error, if made_up.is_empty() { "invalid_request" } else { "invalid_grant" });
    }
    tv.tokens(&world).await;
}

#[tokio::test]
async fn only_clients_of_the_grant_may_ask() {
    let world = World::start().await;
    let other = Application::register(&world, json!({})).await;
    assert_eq!(Tv::ask(&world, &other).await.json()["error"], "unauthorized_client");
    let tv = Tv::start(&world).await;
    for (form, error) in [
        (vec![], "invalid_scope"),
        (vec![("scope", "demo.write")], "invalid_scope"),
        (vec![("scope", "openid"), ("resource", "urn:unknown")], "invalid_target"),
    ] {
        let request = tv.application.post("/oauth2/device_authorization", &form);
        assert_eq!(tv.application.refusal(&world, request).await, error);
    }
}

#[tokio::test]
async fn an_approval_ends_with_the_sessions_that_are_ended_all_at_once() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    tv.approve(&world, &mut world.visitor()).await;
    world.advance(Duration::from_secs(1));
    let mut other = world.customer(ADA).await;
    let page = other.get("/account/sessions").await;
    other.submit(&page, "end-others-form", &[]).await;
    assert_eq!(tv.refusal(&world).await, "invalid_grant");
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let mut thief = world.visitor();
    let page = thief.get("/device").await;
    for _ in 0..10 {
        let wrong = thief.submit(&page, "device", &[("user_code", "BBBB-BBBB")]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    }
    let limited = thief.submit(&page, "device", &[("user_code", tv.text("user_code"))]).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(limited.header("retry-after").is_some());
    let forged = tests::form_request("/device", &[("user_code", tv.text("user_code"))]);
    assert_eq!(View::of("/device", world.send(forged).await).status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn codes_rest_hashed() {
    let world = World::start().await;
    let tv = Tv::start(&world).await;
    let letters: String = tv.text("user_code").chars().filter(char::is_ascii_alphanumeric).collect();
    let rows = json!(world.rows("SessionsTable").await).to_string();
    assert!(rows.contains("user_code#") && rows.contains("pending#"));
    for secret in [tv.text("device_code"), tv.text("user_code"), &letters] {
        assert!(!rows.contains(secret));
    }
}
