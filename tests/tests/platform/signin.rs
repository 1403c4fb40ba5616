//! Signing in, signing up and recovering, through the JSON face of the steps: attacks by their names, and a race for each thing that
//! works once.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use shared::credential::password;
use shared::hook::Cause;
use shared::identity::{self, NormalIdentifier, User};
use shared::secret::Secret;
use shared::{keys, store};
use tests::{PASSWORD, World};

const OTHER_PASSWORD: &str = "an umbrella full of quiet trains 3";

/// A platform with one customer, `ada@example.com`.
async fn platform() -> World {
    let world = World::seeded().await;
    let app = world.app();
    let ada = User::new(app, &[NormalIdentifier::email("ada@example.com").unwrap()]).proven();
    let sealer = keys::sealer(app).await.unwrap();
    let mut writes = identity::create_writes(app, &sealer, &ada, &Cause::system());
    writes.push(password::set_write(app, &ada, &Secret::new(PASSWORD.to_owned())).await.unwrap());
    store::transact(app, writes).await.unwrap();
    world
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: Value,
}

impl Answer {
    fn step(&self) -> &str {
        self.body["step"].as_str().unwrap_or_default()
    }

    fn fault(&self) -> &str {
        self.body["errors"][0]["id"].as_str().unwrap_or_default()
    }
}

/// A browser: it keeps cookies, and where it is in a sign-in.
struct Browser<'a> {
    world: &'a World,
    cookies: Mutex<BTreeMap<String, String>>,
    tx: Value,
    csrf: Value,
}

impl<'a> Browser<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, cookies: Mutex::default(), tx: Value::Null, csrf: Value::Null }
    }

    /// A browser at the first page of `/signin`, `/signup` or a page that leads there.
    async fn at(world: &'a World, path: &str) -> Self {
        let mut browser = Self::new(world);
        let location = browser.get(path).await.location.unwrap();
        let first = browser.get(location.strip_prefix("http://localhost:3000").unwrap()).await;
        browser.take(&first);
        browser
    }

    async fn signed_in(world: &'a World, password: &str) -> Self {
        let browser = Self::at(world, "/signin").await;
        browser.post("/signin/identify", json!({ "identifier": "ada@example.com" })).await;
        browser.post("/signin/password", json!({ "password": password })).await;
        browser
    }

    fn take(&mut self, answer: &Answer) {
        self.tx = answer.body["tx"].clone();
        self.csrf = answer.body["csrf"].clone();
    }

    async fn is_signed_in(&self) -> bool {
        self.get("/account/sessions").await.status == StatusCode::OK
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Value::Null, &[]).await
    }

    /// Posts a step with the browser's transaction and token.
    async fn post(&self, path: &str, mut body: Value) -> Answer {
        for (name, value) in [("tx", &self.tx), ("csrf", &self.csrf)] {
            if !value.is_null() && body.get(name).is_none() {
                body[name] = value.clone();
            }
        }
        self.send(Method::POST, path, body, &[]).await
    }

    async fn send(&self, method: Method, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let response = self.world.send(request.body(body).unwrap()).await;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let (status, body) = (response.status(), response.into_body());
        Answer { status, location, body: serde_json::from_slice(&body).unwrap_or_default() }
    }
}

/// What the newest mail to `address` says.
async fn mail(world: &World, address: &str) -> String {
    world.deliver().await;
    let mails = world.stack().inbox().to(address);
    let newest = mails.first().unwrap();
    format!("{}\n{}", newest.subject, newest.text)
}

async fn code(world: &World, address: &str) -> String {
    let text = mail(world, address).await;
    let digits = text.split(|char: char| !char.is_ascii_digit()).find(|part| part.len() == 6);
    digits.unwrap().to_owned()
}

fn sign_up(address: &str) -> Value {
    json!({ "email": address, "password": OTHER_PASSWORD })
}

#[tokio::test]
async fn a_customer_signs_in_and_a_wrong_password_is_told_like_a_wrong_name() {
    let world = platform().await;
    let mut told = Vec::new();
    for who in ["ada@example.com", "nobody@example.com"] {
        let browser = Browser::at(&world, "/signin").await;
        assert_eq!(browser.post("/signin/identify", json!({ "identifier": who })).await.step(), "password");
        let answer = browser.post("/signin/password", json!({ "password": "wrong" })).await;
        told.push((answer.status, answer.fault().to_owned(), answer.step().to_owned()));
    }
    assert_eq!(told[0], (StatusCode::UNAUTHORIZED, "credentials-wrong".to_owned(), "password".to_owned()));
    assert_eq!(told[0], told[1]);
    assert!(Browser::signed_in(&world, PASSWORD).await.is_signed_in().await);
}

#[tokio::test]
async fn cross_site_request_forgery_is_refused() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signin").await;
    let stranger = Browser::at(&world, "/signin").await;
    let step = json!({ "identifier": "ada@example.com", "tx": browser.tx, "csrf": browser.csrf });
    let with = |name: &str, value: &Value| {
        let mut step = step.clone();
        step[name] = value.clone();
        step
    };
    for forged in [with("csrf", &Value::from("")), with("csrf", &stranger.csrf), with("tx", &stranger.tx)] {
        let answer = browser.send(Method::POST, "/signin/identify", forged, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    for header in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let answer = browser.send(Method::POST, "/signin/identify", step.clone(), &[header]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(browser.post("/signin/identify", step).await.step(), "password");
}

#[tokio::test]
async fn a_transaction_is_of_one_browser_and_ends() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signin").await;
    let thief = Browser::at(&world, "/signin").await;
    let path = format!("/signin?tx={}", browser.tx.as_str().unwrap());
    assert_eq!(thief.get(&path).await.body["code"], "transaction_expired");
    assert_eq!(browser.get(&path).await.step(), "identify");
    world.advance(Duration::from_secs(30 * 60));
    assert_eq!(browser.get(&path).await.body["code"], "transaction_expired");
}

#[tokio::test]
async fn session_fixation_fails() {
    let world = platform().await;
    let mallory = Browser::signed_in(&world, PASSWORD).await;
    let planted = mallory.cookies.lock().unwrap()["lk_session"].clone();
    let victim = Browser::at(&world, "/account").await;
    victim.cookies.lock().unwrap().insert("lk_session".to_owned(), planted.clone());
    victim.post("/signin/identify", json!({ "identifier": "ada@example.com" })).await;
    victim.post("/signin/password", json!({ "password": PASSWORD })).await;
    assert_ne!(victim.cookies.lock().unwrap()["lk_session"], planted);
    assert!(victim.is_signed_in().await);
    assert!(!mallory.is_signed_in().await, "the planted session gave way to the new one");
}

#[tokio::test]
async fn a_step_is_done_once() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signin").await;
    browser.post("/signin/identify", json!({ "identifier": "ada@example.com" })).await;
    let password = || browser.post("/signin/password", json!({ "password": PASSWORD }));
    let (a, b, c) = tokio::join!(password(), password(), password());
    let done = [&a, &b, &c].into_iter().filter(|answer| answer.step() == "complete").count();
    assert_eq!(done, 1);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_new_customer_proves_the_address_with_a_code_that_works_once() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signup").await;
    assert_eq!(browser.post("/signup", sign_up("grace@example.com")).await.step(), "verify");
    assert!(!browser.is_signed_in().await);
    let code = code(&world, "grace@example.com").await;
    let verify = || browser.post("/verify", json!({ "action": "check", "code": code }));
    let (a, b, c) = tokio::join!(verify(), verify(), verify());
    let done = [&a, &b, &c].into_iter().filter(|answer| answer.step() == "complete").count();
    assert_eq!(done, 1);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn guessing_a_code_ends_it() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signup").await;
    browser.post("/signup", sign_up("grace@example.com")).await;
    let right = code(&world, "grace@example.com").await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for fault in ["code-wrong", "code-wrong", "code-wrong", "code-wrong", "code-expired"] {
        let answer = browser.post("/verify", json!({ "action": "check", "code": wrong })).await;
        assert_eq!((answer.status, answer.fault()), (StatusCode::BAD_REQUEST, fault));
    }
    let late = browser.post("/verify", json!({ "action": "check", "code": right })).await;
    assert_eq!(late.fault(), "code-expired");
    world.advance(Duration::from_secs(1));
    let resent = browser.post("/verify", json!({ "action": "resend" })).await;
    assert_eq!((resent.step(), &resent.body["notice"]["id"]), ("verify", &json!("notice-code-sent")));
    let fresh = code(&world, "grace@example.com").await;
    assert_eq!(browser.post("/verify", json!({ "action": "check", "code": fresh })).await.step(), "complete");
}

#[tokio::test]
async fn a_code_expires() {
    let world = platform().await;
    let browser = Browser::at(&world, "/signup").await;
    browser.post("/signup", sign_up("grace@example.com")).await;
    let code = code(&world, "grace@example.com").await;
    world.advance(Duration::from_secs(10 * 60));
    let late = browser.post("/verify", json!({ "action": "check", "code": code })).await;
    assert_eq!(late.fault(), "code-expired");
}

#[tokio::test]
async fn enumeration_by_sign_up_learns_nothing() {
    let world = platform().await;
    let mut told = Vec::new();
    for address in ["warm@example.com", "ada@example.com", "all@example.com"] {
        let browser = Browser::at(&world, "/signup").await;
        world.stack().calls().reset();
        let answer = browser.post("/signup", sign_up(address)).await;
        let wrong = browser.post("/verify", json!({ "action": "check", "code": "000000" })).await;
        let resent = browser.post("/verify", json!({ "action": "resend" })).await;
        let calls = world.stack().calls().snapshot();
        told.push((
            answer.status,
            answer.body["fields"].clone(),
            calls,
            wrong.body["errors"].clone(),
            resent.status,
        ));
    }
    assert_eq!(told[1], told[2], "the same words after the same calls");
    assert!(mail(&world, "ada@example.com").await.contains("already have an account"));
    assert!(Browser::signed_in(&world, PASSWORD).await.is_signed_in().await, "nothing of Ada's has changed");
}

/// The token in the newest recovery mail.
async fn link(world: &World) -> String {
    let text = mail(world, "ada@example.com").await;
    let start = text.find("lk_rc_").unwrap();
    text[start..].chars().take_while(|char| char.is_ascii_alphanumeric() || "_-".contains(*char)).collect()
}

async fn asks_for_a_link<'a>(world: &'a World, address: &str) -> (Browser<'a>, Answer) {
    let mut browser = Browser::new(world);
    let page = browser.get("/recover").await;
    browser.take(&page);
    let answer = browser.post("/recover", json!({ "identifier": address })).await;
    (browser, answer)
}

#[tokio::test]
async fn recovery_ends_every_session_and_its_link_works_once() {
    let world = platform().await;
    let thief = Browser::signed_in(&world, PASSWORD).await;
    assert!(thief.is_signed_in().await);
    world.advance(Duration::from_secs(1));
    let (browser, _) = asks_for_a_link(&world, "ada@example.com").await;
    let token = link(&world).await;
    let reset = || browser.post("/recover/reset", json!({ "token": token, "password": OTHER_PASSWORD }));
    let (a, b, c) = tokio::join!(reset(), reset(), reset());
    let done = [&a, &b, &c].into_iter().filter(|answer| answer.step() == "complete").count();
    assert_eq!(done, 1);
    assert_eq!(reset().await.fault(), "link-invalid");
    assert!(!thief.is_signed_in().await);
    assert!(!Browser::signed_in(&world, PASSWORD).await.is_signed_in().await);
    assert!(Browser::signed_in(&world, OTHER_PASSWORD).await.is_signed_in().await);
}

#[tokio::test]
async fn a_recovery_link_expires_and_a_made_up_one_is_told_alike() {
    let world = platform().await;
    let (browser, _) = asks_for_a_link(&world, "ada@example.com").await;
    let token = link(&world).await;
    world.advance(Duration::from_secs(30 * 60));
    for token in [token.as_str(), "lk_rc_r1_nonsense", ""] {
        let answer =
            browser.post("/recover/reset", json!({ "token": token, "password": OTHER_PASSWORD })).await;
        assert_eq!((answer.status, answer.fault()), (StatusCode::BAD_REQUEST, "link-invalid"));
    }
}

#[tokio::test]
async fn enumeration_by_recovery_learns_nothing() {
    let world = platform().await;
    let mut told = Vec::new();
    for address in ["ada@example.com", "nobody@example.com"] {
        let (browser, _) = asks_for_a_link(&world, "warm@example.com").await;
        world.stack().calls().reset();
        let answer = browser.post("/recover", json!({ "identifier": address })).await;
        told.push((answer.status, answer.step().to_owned(), world.stack().calls().snapshot()));
    }
    assert_eq!(told[0].0, StatusCode::OK);
    assert_eq!(told[0], told[1], "the same words after the same calls");
}

#[tokio::test]
async fn a_session_ends_on_a_schedule() {
    let world = platform().await;
    let browser = Browser::signed_in(&world, PASSWORD).await;
    for _ in 0..29 {
        world.advance(Duration::from_secs(24 * 3600));
        assert!(browser.is_signed_in().await, "used daily");
    }
    world.advance(Duration::from_secs(24 * 3600));
    assert!(!browser.is_signed_in().await, "thirty days are the most");
    let idle = Browser::signed_in(&world, PASSWORD).await;
    world.advance(Duration::from_secs(7 * 24 * 3600));
    assert!(!idle.is_signed_in().await, "idle for a week");
}
