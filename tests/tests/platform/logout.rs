//! Whoever was signed in within a session learns of its end: by a token from server to server (Back-Channel Logout 1.0), and through the
//! browser (Front-Channel Logout 1.0).
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use local::template::Template;
use serde_json::{Value, json};
use shared::fetch::Reach;
use shared::hook::{ATTEMPTS, wait_after};
use shared::keys::{self, Typ};
use tests::{ADA, Application, PASSWORD, Posted, Receiver, Tokens, View, Visitor, World};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An application that is told at `receiver`.
async fn listening(world: &World, receiver: &Receiver) -> Application {
    let uri = receiver.uri("/signed-out?tenant=1");
    Application::register(world, json!({ "backchannel_logout_uri": uri })).await
}

/// Signs `visitor` in at the application.
pub(crate) async fn sign_in(world: &World, application: &Application, visitor: &mut Visitor<'_>) -> Tokens {
    let code = application.code(visitor, ADA).await;
    application.tokens(world, application.redemption(&code)).await
}

fn token_of(posted: &Posted) -> String {
    posted.body.strip_prefix("logout_token=").unwrap().to_owned()
}

/// The claims of the one token that came, after its signature was checked.
async fn told(world: &World, receiver: &Receiver) -> Value {
    world.deliver().await;
    let posted = receiver.take();
    assert_eq!(posted.len(), 1, "one notice: {posted:?}");
    keys::verify(&world.platform.app, &token_of(&posted[0]), Typ::LogoutToken).await.unwrap().unwrap()
}

async fn delete(world: &World, path: &str, token: &str) -> View {
    let request = Request::delete(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    View::of(path, world.send(request.body(Bytes::new()).unwrap()).await)
}

#[tokio::test]
async fn a_logout_token_is_what_the_standard_says() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let metadata = json!({
        "backchannel_logout_uri": receiver.uri("/signed-out?tenant=1"),
        "backchannel_logout_session_required": true,
        "id_token_signed_response_alg": "RS256",
    });
    let application = Application::register(&world, metadata).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    let hint = tokens.0["id_token"].as_str().unwrap();
    ada.get(&format!("/oauth2/logout?id_token_hint={hint}")).await;
    world.deliver().await;
    let posted = receiver.take();
    assert!(posted[0].head.starts_with("post /signed-out?tenant=1 http/1.1"), "{}", posted[0].head);
    assert!(posted[0].head.contains("content-type: application/x-www-form-urlencoded"));
    let token = token_of(&posted[0]);
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
    let claims: Value = keys::verify(&world.platform.app, &token, Typ::LogoutToken).await.unwrap().unwrap();
    let id = tokens.id_claims();
    let now = world.clock.now().0;
    let jti = claims["jti"].clone();
    assert!(jti.as_str().unwrap().starts_with("tok_"));
    assert_eq!(
        claims,
        json!({
            "iss": world.issuer(), "sub": id["sub"], "sid": id["sid"], "aud": application.id,
            "iat": now, "exp": now + 120, "jti": jti, "events": { EVENT: {} },
        })
    );
    let delivered = world.audited("logout.delivered").await;
    assert_eq!(delivered.len(), 1);
    assert_eq!((&delivered[0]["client"], &delivered[0]["user"]), (&json!(application.id), &id["sub"]));
    assert_eq!(delivered[0]["data"], json!({ "session": id["sid"], "attempt": 1 }));
}

/// How a session can end, while another one of the same customer goes on where that makes sense.
#[derive(Clone, Copy, Debug)]
enum Way {
    Hint,
    Question,
    AccountCentre,
    EndOne,
    EndOthers,
    EndOneByApi,
    EndOthersByApi,
    Password,
    PasswordByApi,
    Recovery,
}

const NEW: &str = "a brand new pass phrase 52";

impl Way {
    const ALL: [Self; 10] = [
        Self::Hint,
        Self::Question,
        Self::AccountCentre,
        Self::EndOne,
        Self::EndOthers,
        Self::EndOneByApi,
        Self::EndOthersByApi,
        Self::Password,
        Self::PasswordByApi,
        Self::Recovery,
    ];

    /// Ends the session of `here`, in which `tokens` were given; `other` is another session of the customer.
    async fn end(self, world: &World, here: &mut Visitor<'_>, tokens: &Tokens) {
        let sid = tokens.id_claims()["sid"].as_str().unwrap().to_owned();
        match self {
            Self::Hint => {
                let hint = tokens.0["id_token"].as_str().unwrap();
                here.get(&format!("/oauth2/logout?id_token_hint={hint}")).await;
            }
            Self::Question => {
                let asked = here.get("/oauth2/logout").await;
                here.submit(&asked, "logout", &[]).await;
            }
            Self::AccountCentre => {
                let page = here.get("/account").await;
                here.submit(&page, "logout", &[]).await;
            }
            Self::EndOne | Self::EndOthers => {
                let mut other = world.customer(ADA).await;
                let page = other.get("/account/sessions").await;
                if matches!(self, Self::EndOthers) {
                    other.submit(&page, "end-others-form", &[]).await;
                    return;
                }
                let form = page.forms().into_iter().find(|form| form.fields.get("session") == Some(&sid));
                let fields = form.unwrap().fields;
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                other.post("/account/sessions", &fields).await;
            }
            Self::EndOneByApi | Self::EndOthersByApi | Self::PasswordByApi => {
                let manager = Application::register(world, json!({})).await;
                let mut other = world.visitor();
                let start = other.get(&manager.authorize_path(&[("scope", "openid account")])).await;
                let end = other.complete(start, ADA).await;
                let code = tests::value_of(end.location().unwrap(), "code").unwrap();
                let token = manager.tokens(world, manager.redemption(&code)).await;
                let view = match self {
                    Self::EndOneByApi => {
                        delete(world, &format!("/v1/account/sessions/{sid}"), token.access()).await
                    }
                    Self::EndOthersByApi => delete(world, "/v1/account/sessions", token.access()).await,
                    _ => {
                        let body = json!({ "current_password": PASSWORD, "new_password": NEW }).to_string();
                        let request = Request::post("/v1/account/password")
                            .header(header::AUTHORIZATION, format!("Bearer {}", token.access()))
                            .header(header::CONTENT_TYPE, "application/json");
                        View::of("", world.send(request.body(Bytes::from(body)).unwrap()).await)
                    }
                };
                assert_eq!(view.status, StatusCode::NO_CONTENT, "{}", view.body);
            }
            Self::Password => {
                let mut other = world.customer(ADA).await;
                let page = other.get("/account/password").await;
                let typed = [("current_password", PASSWORD), ("new_password", NEW)];
                other.submit(&page, "password", &typed).await;
            }
            Self::Recovery => {
                let mut other = world.visitor();
                let link = other.recovery_link(ADA).await;
                let page = other.get(&link).await;
                other.submit(&page, "reset", &[("password", NEW)]).await;
            }
        }
    }
}

#[tokio::test]
async fn every_way_to_end_a_session_tells_its_clients() {
    for way in Way::ALL {
        let world = World::start().await;
        let receiver = Receiver::start().await;
        let application = listening(&world, &receiver).await;
        let mut ada = world.visitor();
        let tokens = sign_in(&world, &application, &mut ada).await;
        world.deliver().await;
        assert!(receiver.take().is_empty(), "{way:?}");
        way.end(&world, &mut ada, &tokens).await;
        let claims = told(&world, &receiver).await;
        let id = tokens.id_claims();
        assert_eq!((&claims["sid"], &claims["sub"]), (&id["sid"], &id["sub"]), "{way:?}");
    }
}

#[tokio::test]
async fn only_clients_of_the_session_that_have_an_address_are_told() {
    let world = World::start().await;
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    let (shop, travel) = (listening(&world, &first).await, listening(&world, &second).await);
    let silent = Application::register(&world, json!({})).await;
    let mut here = world.visitor();
    let mut elsewhere = world.visitor();
    let tokens = sign_in(&world, &shop, &mut here).await;
    sign_in(&world, &silent, &mut here).await;
    sign_in(&world, &travel, &mut elsewhere).await;
    Way::Hint.end(&world, &mut here, &tokens).await;
    assert_eq!(told(&world, &first).await["aud"], shop.id);
    assert!(second.posted().is_empty());
    assert_eq!(world.audited("logout.delivered").await.len(), 1);
    assert!(world.audited("logout.failed").await.is_empty());
    assert_eq!(world.stack().queues().depth("LogoutsQueue").unwrap().total(), 0);
}

#[tokio::test]
async fn every_client_of_a_session_is_told() {
    let world = World::start().await;
    let receivers = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
    let mut ada = world.visitor();
    let mut tokens = Vec::new();
    for receiver in &receivers {
        let application = listening(&world, receiver).await;
        tokens.push(sign_in(&world, &application, &mut ada).await);
    }
    Way::AccountCentre.end(&world, &mut ada, &tokens[0]).await;
    for (receiver, tokens) in receivers.iter().zip(&tokens) {
        assert_eq!(told(&world, receiver).await["aud"], tokens.id_claims()["aud"]);
    }
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_tried_again_later() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next(&[500]);
    let application = listening(&world, &receiver).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    Way::Hint.end(&world, &mut ada, &tokens).await;
    let first = told(&world, &receiver).await;
    world.advance(wait_after(1) - Duration::from_secs(1));
    world.deliver().await;
    assert!(receiver.posted().is_empty());
    world.advance(Duration::from_secs(1));
    let second = told(&world, &receiver).await;
    assert_eq!(first["sid"], second["sid"]);
    assert_ne!(first["jti"], second["jti"], "a token is made for one attempt");
    assert_eq!(second["iat"], world.clock.now().0);
    let failed = world.audited("logout.failed").await;
    let sid = &tokens.id_claims()["sid"];
    let facts =
        json!({ "session": sid, "attempt": 1, "why": "the answer has the status 500", "again": true });
    assert_eq!((&failed[0]["data"], &failed[0]["client"]), (&facts, &json!(application.id)));
    let delivered = world.audited("logout.delivered").await;
    assert_eq!(delivered[0]["data"], json!({ "session": sid, "attempt": 2 }));
    assert!(!json!([failed, delivered]).to_string().contains("eyJ"), "no token in the audit log");
}

#[tokio::test]
async fn a_client_whose_key_cannot_be_had_is_told_when_it_can() {
    let world = World::start().await;
    let (receiver, keys) = (Receiver::start().await, Receiver::start().await);
    let application = listening(&world, &receiver).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    let mut changed = application.registration.clone();
    changed["jwks_uri"] = keys.uri("/jwks").into();
    changed["id_token_encrypted_response_alg"] = "ECDH-ES".into();
    let bearer = changed["registration_access_token"].as_str().unwrap();
    let request = Request::put(format!("/oauth2/register/{}", application.id))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    let request = request.body(Bytes::from(changed.to_string())).unwrap();
    assert_eq!(View::of("", world.send(request).await).status, StatusCode::OK);
    Way::AccountCentre.end(&world, &mut ada, &tokens).await;
    world.deliver().await;
    assert!(receiver.posted().is_empty());
    let failed = world.audited("logout.failed").await;
    assert_eq!((&failed[0]["data"]["attempt"], &failed[0]["data"]["again"]), (&json!(1), &json!(true)));
    assert!(failed[0]["data"]["why"].as_str().unwrap().contains("jwks_uri"), "{}", failed[0]);
}

#[tokio::test]
async fn who_never_answers_ends_among_the_dead_letters() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next(&[503; 20]);
    let application = listening(&world, &receiver).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    Way::Hint.end(&world, &mut ada, &tokens).await;
    for attempt in 1..=ATTEMPTS + 1 {
        world.deliver().await;
        world.advance(wait_after(attempt));
    }
    assert_eq!(receiver.posted().len(), ATTEMPTS as usize);
    assert_eq!(world.stack().queues().depth("LogoutsDeadLetters").unwrap().total(), 1);
    assert_eq!(world.stack().queues().depth("LogoutsQueue").unwrap().total(), 0);
    let failed = world.audited("logout.failed").await;
    let again = failed.iter().filter(|record| record["data"]["again"] == true).count();
    assert_eq!((failed.len(), again), (ATTEMPTS as usize, ATTEMPTS as usize - 1));
}

#[tokio::test]
async fn a_client_that_says_no_is_not_asked_again() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next(&[400]);
    let application = listening(&world, &receiver).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    Way::Hint.end(&world, &mut ada, &tokens).await;
    told(&world, &receiver).await;
    assert_eq!(world.audited("logout.failed").await[0]["data"]["again"], false);
    assert_eq!(world.stack().queues().depth("LogoutsQueue").unwrap().total(), 0);
}

#[tokio::test]
async fn this_machine_is_posted_to_only_where_the_deployment_says_so() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let application = listening(&world, &receiver).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    let cookies = ada.cookies;
    // A deployment: no setting of it lets us be sent here, `localhost_redirects` neither.
    world.configure(|config| config.reach = Reach::Public);
    let mut ada = world.visitor();
    ada.cookies = cookies;
    Way::Hint.end(&world, &mut ada, &tokens).await;
    world.deliver().await;
    assert!(receiver.posted().is_empty());
    assert_eq!(world.audited("logout.failed").await[0]["data"]["again"], false);
    let body = json!({
        "redirect_uris": ["https://client.example/callback"],
        "backchannel_logout_uri": receiver.uri("/signed-out"),
    });
    let request = Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Bytes::from(body.to_string())).unwrap();
    let refused = View::of("/oauth2/register", world.send(request).await);
    assert_eq!(refused.json()["error"], "invalid_client_metadata");
}

#[tokio::test]
async fn a_client_that_joins_while_the_session_ends_is_told_or_not_let_in() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let (first, second) = (listening(&world, &receiver).await, listening(&world, &receiver).await);
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &first, &mut ada).await;
    sign_in(&world, &second, &mut world.visitor()).await;
    world.deliver().await;
    let hint = tokens.0["id_token"].as_str().unwrap();
    let leave = ada.request(Method::GET, &format!("/oauth2/logout?id_token_hint={hint}"), &[]);
    let join = ada.request(Method::GET, &second.authorize_path(&[]), &[]);
    let answers = world.race_all(vec![join, leave]).await;
    let joined = answers[0].location().and_then(|location| tests::value_of(location, "code")).is_some();
    world.deliver().await;
    let mut told = Vec::new();
    for posted in receiver.take() {
        let token = token_of(&posted);
        let claims: Value =
            keys::verify(&world.platform.app, &token, Typ::LogoutToken).await.unwrap().unwrap();
        told.push(claims["aud"].as_str().unwrap().to_owned());
    }
    assert!(told.contains(&first.id));
    assert_eq!(told.contains(&second.id), joined, "{told:?}");
}

#[test]
fn the_queue_gives_up_when_the_code_does() {
    let template = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let queues = Template::read(&template).unwrap().queues;
    let queue = queues.iter().find(|queue| queue.logical_id == "LogoutsQueue").unwrap();
    assert_eq!(queue.redrive.as_ref().unwrap().max_receives, ATTEMPTS);
}
