//! The authorization challenge (draft-ietf-oauth-first-party-apps): an application signs a customer in without a browser.

use http::{StatusCode, header};
use serde_json::Value;

use tests::Holder;

use crate::world::{Answer, CHALLENGE, ISSUER, SHOP, VERIFIER, World, claims};

const NATIVE: &str = "demo-native";
const ADA: (&str, &str) = ("identifier", "ada@example.com");
const PASSWORD: (&str, &str) = ("password", local::seed::PASSWORD);

impl World {
    async fn challenge(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/authorize-challenge", None, form).await
    }

    /// The first request of the native demo application, with what it has collected.
    async fn begin(&self, collected: &[(&str, &str)]) -> Answer {
        let asked = [
            ("client_id", NATIVE),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("nonce", "n-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        self.challenge(&[&asked, collected].concat()).await
    }

    async fn go_on(&self, before: &Answer, collected: &[(&str, &str)]) -> Answer {
        let session = before.json()["auth_session"].as_str().unwrap().to_owned();
        self.challenge(&[&[("auth_session", session.as_str())], collected].concat()).await
    }
}

/// The step that an answer asks for.
fn step(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(
        (answer.status, body["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("insufficient_authorization"))
    );
    body["step"].as_str().unwrap().to_owned()
}

async fn redeem(world: &World, answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let code = answer.json()["authorization_code"].as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", NATIVE),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let tokens = world.token(&form).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.json());
    tokens.json()
}

#[tokio::test]
async fn an_application_goes_step_by_step() {
    let world = World::new().await;
    let identify = world.begin(&[]).await;
    assert_eq!(step(&identify), "identify");
    let password = world.go_on(&identify, &[ADA]).await;
    assert_eq!(
        (step(&password), &password.json()["fields"]["username"]),
        ("password".to_owned(), &"ada@example.com".into())
    );
    let done = world.go_on(&password, &[PASSWORD]).await;
    let tokens = redeem(&world, &done).await;
    assert_eq!(claims(&tokens["id_token"])["nonce"], "n-1");
    assert!(world.is_live(&tokens).await);
    assert!(done.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn identifier_and_password_may_come_at_once() {
    let world = World::new().await;
    redeem(&world, &world.begin(&[ADA, PASSWORD]).await).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_and_may_be_mended() {
    let world = World::new().await;
    let wrong = world.begin(&[ADA, ("password", "something else entirely")]).await;
    assert_eq!(step(&wrong), "password");
    assert_eq!(wrong.json()["errors"][0]["field"], "password");
    let nobody = world.begin(&[("identifier", "nobody@example.com"), PASSWORD]).await;
    assert_eq!((nobody.status, &nobody.json()["errors"]), (wrong.status, &wrong.json()["errors"]));
    redeem(&world, &world.go_on(&wrong, &[PASSWORD]).await).await;
}

#[tokio::test]
async fn an_auth_session_ends_with_its_code() {
    let world = World::new().await;
    let password = world.begin(&[ADA]).await;
    redeem(&world, &world.go_on(&password, &[PASSWORD]).await).await;
    assert_eq!(world.go_on(&password, &[PASSWORD]).await.error(), (400, "invalid_session".to_owned()));
}

#[tokio::test]
async fn one_code_comes_of_a_race() {
    let world = World::new().await;
    let password = world.begin(&[ADA]).await;
    let (left, right) =
        tokio::join!(world.go_on(&password, &[PASSWORD]), world.go_on(&password, &[PASSWORD]));
    let codes = [left, right].iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(codes, 1);
}

#[tokio::test]
async fn an_auth_session_is_its_own_clients_alone() {
    let world = World::new().await;
    world.change(SHOP, |client| client.challenge = true).await;
    let begun = world.begin(&[ADA]).await;
    let stolen = world.go_on(&begun, &[("client_id", SHOP), PASSWORD]).await;
    assert_eq!(stolen.error(), (400, "invalid_session".to_owned()));
    let made_up = world.challenge(&[("client_id", NATIVE), ("auth_session", "lk_as_local_AAAA")]).await;
    assert_eq!(made_up.error(), (400, "invalid_session".to_owned()));
}

#[tokio::test]
async fn only_applications_of_our_own_may() {
    let world = World::new().await;
    let shop = world.challenge(&[("client_id", SHOP), ("response_type", "code"), ("scope", "openid")]).await;
    assert_eq!(shop.error(), (400, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn what_an_application_cannot_ask_is_asked_in_a_browser() {
    let world = World::new().await;
    world.change(NATIVE, |client| client.consent = shared::client::Consent::Ask).await;
    assert_eq!(world.begin(&[ADA, PASSWORD]).await.error(), (400, "redirect_to_web".to_owned()));
}

#[tokio::test]
async fn a_request_is_checked_as_at_the_authorization_endpoint() {
    let world = World::new().await;
    let refused = async |name: &'static str, value: &'static str| {
        let form = [("client_id", NATIVE), ("response_type", "code"), ("scope", "openid"), (name, value)];
        world.challenge(&form).await.error()
    };
    assert_eq!(refused("code_challenge_method", "plain").await, (400, "invalid_request".to_owned()));
    assert_eq!(refused("resource", "https://nowhere.example").await, (400, "invalid_target".to_owned()));
    assert_eq!(refused("request_uri", "urn:x").await, (400, "invalid_request".to_owned()));
    // A public client must use PKCE here as well.
    assert_eq!(refused("ui_locales", "en").await, (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn cookies_of_a_browser_do_nothing() {
    let world = World::new().await;
    let form = [
        ("client_id", NATIVE),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let request = http::Request::post("/oauth2/authorize-challenge")
        .header(header::COOKIE, &world.cookies)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.send(request, serde_urlencoded::to_string(form).unwrap()).await;
    assert_eq!(step(&answer), "identify");
}

#[tokio::test]
async fn a_key_proven_with_the_first_request_is_needed_to_the_end() {
    let world = World::new().await;
    let holder = Holder::default();
    let form = |more: &[(&'static str, String)]| serde_urlencoded::to_string(more).unwrap();
    let send = async |path: &str, body: String, by: Option<&Holder>| {
        let request =
            http::Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = match by {
            Some(holder) => request
                .header("dpop", holder.proof("POST", &format!("{ISSUER}{path}"), world.app().clock.now())),
            None => request,
        };
        world.send(request, body).await
    };
    let asked = [
        ("client_id", NATIVE.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", "openid".to_owned()),
        ("identifier", ADA.1.to_owned()),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let path = "/oauth2/authorize-challenge";
    let begun = send(path, form(&asked), Some(&holder)).await;
    let session = begun.json()["auth_session"].as_str().unwrap().to_owned();
    let password = form(&[("auth_session", session), ("password", PASSWORD.1.to_owned())]);
    for thief in [None, Some(&Holder::default())] {
        assert_eq!(send(path, password.clone(), thief).await.error(), (400, "invalid_session".to_owned()));
    }
    let done = send(path, password, Some(&holder)).await;
    let code = done.json()["authorization_code"].as_str().unwrap().to_owned();
    let redeem = form(&[
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", NATIVE.to_owned()),
        ("code", code),
        ("code_verifier", VERIFIER.to_owned()),
    ]);
    assert_eq!(send("/oauth2/token", redeem.clone(), None).await.status, StatusCode::BAD_REQUEST);
    let tokens = send("/oauth2/token", redeem, Some(&holder)).await;
    assert_eq!((tokens.status, tokens.json()["token_type"].as_str()), (StatusCode::OK, Some("DPoP")));
}

#[tokio::test]
async fn a_client_registers_for_it_where_that_is_let() {
    let world = World::new().await;
    let metadata = serde_json::json!({
        "application_type": "native", "token_endpoint_auth_method": "none", "latchkey_challenge": true,
        "redirect_uris": ["com.example.app:/callback"], "scope": "openid",
    });
    let register = async || {
        let request =
            http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
        world.send(request, metadata.to_string()).await.json()
    };
    let told = register().await;
    assert_eq!(told["latchkey_challenge"], true);
    let id = told["client_id"].as_str().unwrap();
    let asked = [
        ("client_id", id),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ADA,
        PASSWORD,
    ];
    assert_eq!(world.challenge(&asked).await.status, StatusCode::OK);

    let mut settings = shared::settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration.challenge = false;
    shared::settings::save(world.app(), &settings).await.unwrap();
    assert_eq!(register().await.get("latchkey_challenge"), None);
}
