//! A platform with the demo's clients and customers, ada's browser with a session, and what a client says to it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use local::gateway;
use local::platform::Platform;
use serde_json::Value;
use shared::app::App;
use shared::assurance::Level;
use shared::clock::Timestamp;
use shared::hook::Cause;
use shared::http::Request;
use shared::identity::{self, NormalIdentifier};
use shared::session::{self, Authentication};
use shared::{client, settings, store};

pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000);
pub(crate) const ISSUER: &str = "http://localhost:3000";
pub(crate) const SHOP: &str = "demo-shop";
pub(crate) const SHOP_HOME: &str = "http://localhost:3000/_local/demo/demo-shop";
pub(crate) const SHOP_CALLBACK: &str = "http://localhost:3000/_local/demo/demo-shop/callback";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(crate) struct World {
    pub(crate) platform: Arc<Platform>,
    /// The cookies of ada's browser.
    pub(crate) cookies: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The parameters of the redirect.
    pub(crate) fn params(&self) -> BTreeMap<String, String> {
        url::Url::parse(self.location()).unwrap().query_pairs().into_owned().collect()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let platform = tests::World::start().await.platform;
        let cookies = sign_in(&platform.app, "ada@example.com").await;
        Self { platform, cookies }
    }

    pub(crate) fn app(&self) -> &App {
        &self.platform.app
    }

    /// Changes a client.
    pub(crate) async fn change(&self, id: &str, change: impl FnOnce(&mut client::Client)) {
        let mut stored = client::load(self.app(), id).await.unwrap().unwrap();
        change(&mut stored.entity);
        client::publish_algorithms(self.app(), &stored).await.unwrap();
        let writes = client::replace_writes(self.app(), &mut stored, &Cause::system());
        client::save(self.app(), id, writes).await.unwrap();
    }

    pub(crate) async fn send(&self, request: http::request::Builder, body: String) -> Answer {
        let request = request.body(Bytes::from(body)).unwrap();
        let (parts, body) = gateway::answer(&self.platform, request, HERE).await.into_parts();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Ada's browser goes there.
    pub(crate) async fn visit(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let uri = format!("{path}?{}", serde_urlencoded::to_string(query).unwrap());
        self.send(http::Request::get(uri).header(header::COOKIE, &self.cookies), String::new()).await
    }

    /// A form of a client, with `Authorization: Basic` where it has credentials.
    pub(crate) async fn post(
        &self,
        path: &str,
        basic: Option<(&str, &str)>,
        form: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            http::Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some((id, secret)) = basic {
            let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
            request = request.header(header::AUTHORIZATION, format!("Basic {credentials}"));
        }
        self.send(request, serde_urlencoded::to_string(form).unwrap()).await
    }

    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/token", None, form).await
    }

    /// The parameters of a good request of the shop.
    pub(crate) fn request(scope: &str) -> Vec<(&str, &str)> {
        vec![
            ("response_type", "code"),
            ("client_id", SHOP),
            ("redirect_uri", SHOP_CALLBACK),
            ("scope", scope),
            ("state", "xyz"),
            ("nonce", "n-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    /// A code for the shop.
    pub(crate) async fn code(&self, scope: &str) -> String {
        let answer = self.visit("/oauth2/authorize", &Self::request(scope)).await;
        answer.params()["code"].clone()
    }

    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", code),
            ("redirect_uri", SHOP_CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    /// Tokens for the shop.
    pub(crate) async fn tokens(&self, scope: &str) -> Value {
        let answer = self.redeem(&self.code(scope).await).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)]).await
    }

    /// Whether userinfo takes the access token.
    pub(crate) async fn is_live(&self, tokens: &Value) -> bool {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = http::Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, bearer);
        self.send(request, String::new()).await.status == StatusCode::OK
    }

    /// The calls to AWS since the last time.
    pub(crate) fn calls(&self) -> Vec<(String, u64)> {
        let calls = self.platform.stack.calls();
        let snapshot = calls.snapshot();
        calls.reset();
        snapshot.into_iter().collect()
    }
}

/// The claims of a JWT, unchecked.
pub(crate) fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

pub(crate) fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// A session of the customer, as the cookie of a browser.
async fn sign_in(app: &App, email: &str) -> String {
    let identifier = NormalIdentifier::email(email).unwrap();
    let account = identity::load_by(app, &identifier).await.unwrap().unwrap();
    let (user, epoch) = (account.id.clone(), account.epoch);
    let request = http::Request::get("/").body(Bytes::new()).unwrap();
    let request = Request::new(app, request, HERE, std::collections::HashMap::new());
    let authentication =
        Authentication { user, at: app.clock.now(), epoch, amr: vec!["pwd".to_owned()], acr: Level::Aal1 };
    let start = session::Start { authentication: &authentication, earlier: None, client: None };
    let started = session::start(app, &request.context(), &start).await.unwrap();
    store::transact(app, started.writes).await.unwrap();
    let settings = settings::load(app).await.unwrap();
    let cookie = session::cookie_with(app, &request, &started.handle, &settings.sessions).to_string();
    cookie.split(';').next().unwrap().to_owned()
}
