//! A client application: registered by itself, confidential, with PKCE.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{View, Visitor, World, form_request, value_of};

const REDIRECT_URI: &str = "https://client.example/callback";

/// An application.
pub struct Application {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// What registration answered.
    pub registration: Value,
}

/// What the token endpoint gave.
#[derive(Clone, Debug)]
pub struct Tokens(pub Value);

impl Tokens {
    /// The access token.
    pub fn access(&self) -> &str {
        self.0["access_token"].as_str().unwrap_or_else(|| panic!("no access token in {}", self.0))
    }

    /// The refresh token.
    pub fn refresh(&self) -> &str {
        self.0["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token in {}", self.0))
    }

    /// The claims of the ID token.
    pub fn id_claims(&self) -> Value {
        let token = self.0["id_token"].as_str().unwrap_or_else(|| panic!("no ID token in {}", self.0));
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }
}

impl Application {
    /// What it proves with that a code is its own (RFC 7636).
    pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-and-always-the-same";

    /// Registers one for the code flow; `metadata` goes over the usual.
    pub async fn register(world: &World, metadata: Value) -> Self {
        let view = Self::ask_to_register(world, metadata).await;
        assert_eq!(view.status, StatusCode::CREATED, "{}", view.body);
        let registration = view.json();
        let text = |name: &str| registration[name].as_str().unwrap_or_default().to_owned();
        Self { id: text("client_id"), secret: text("client_secret"), registration: registration.clone() }
    }

    /// A service without customers: client credentials alone.
    pub async fn service(world: &World) -> Self {
        Self::register(
            world,
            json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [], "scope": "demo.read" }),
        )
        .await
    }

    /// The answer to a registration.
    pub async fn ask_to_register(world: &World, metadata: Value) -> View {
        let mut body = json!({
            "client_name": "Photo Printer",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid profile email offline_access account demo.read",
        });
        for (name, value) in metadata.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri("/oauth2/register")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(body.to_string()));
        View::of("/oauth2/register", world.send(request.unwrap()).await)
    }

    /// Where it sends a browser to sign in.
    pub fn authorize_path(&self, parameters: &[(&str, &str)]) -> String {
        format!("/oauth2/authorize?{}", self.authorization_request(parameters))
    }

    /// Pushes the same request; where it sends a browser then.
    pub async fn push(&self, world: &World) -> String {
        let request = self.authorization_request(&[]);
        let fields: Vec<(String, String)> = serde_urlencoded::from_str(&request).unwrap();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let view = self.ask(world, self.post("/oauth2/par", &fields)).await;
        assert_eq!(view.status, StatusCode::CREATED, "{}", view.body);
        let reference = view.json()["request_uri"].as_str().unwrap_or_default().to_owned();
        let query = [("client_id", self.id.as_str()), ("request_uri", reference.as_str())];
        format!("/oauth2/authorize?{}", serde_urlencoded::to_string(query).unwrap())
    }

    fn authorization_request(&self, parameters: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, Self::VERIFIER.as_bytes()));
        let mut all = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid offline_access"),
            ("state", "some state"),
            ("nonce", "some nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in parameters {
            all.retain(|(known, _)| known != name);
            all.push((name, value));
        }
        serde_urlencoded::to_string(all).unwrap()
    }

    /// Has `visitor` sign in as `email`, and returns the code.
    pub async fn code(&self, visitor: &mut Visitor<'_>, email: &str) -> String {
        let start = visitor.get(&self.authorize_path(&[])).await;
        let end = visitor.complete(start, email).await;
        let location =
            end.location().unwrap_or_else(|| panic!("no redirect from {}: {}", end.path, end.body));
        value_of(location, "code").unwrap_or_else(|| panic!("no code in {location}"))
    }

    /// Has a new visitor sign in as `email`, and gets the tokens.
    pub async fn sign_in(&self, world: &World, email: &str) -> Tokens {
        let code = self.code(&mut world.visitor(), email).await;
        self.tokens(world, self.redemption(&code)).await
    }

    /// The request that redeems a code.
    pub fn redemption(&self, code: &str) -> Request<Bytes> {
        self.redemption_with(code, &[])
    }

    /// The same with `parameters` over the usual.
    pub fn redemption_with(&self, code: &str, parameters: &[(&str, &str)]) -> Request<Bytes> {
        let mut all = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", Self::VERIFIER),
        ];
        all.retain(|(known, _)| parameters.iter().all(|(name, _)| known != name));
        all.extend(parameters);
        self.token_request(&all)
    }

    /// The request that uses a refresh token.
    pub fn refreshment(&self, refresh_token: &str) -> Request<Bytes> {
        self.token_request(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    /// A request to the token endpoint.
    pub fn token_request(&self, form: &[(&str, &str)]) -> Request<Bytes> {
        self.post("/oauth2/token", form)
    }

    /// A POST with this client's authentication.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Request<Bytes> {
        let mut request = form_request(path, form);
        let credentials = STANDARD.encode(format!("{}:{}", self.id, self.secret));
        request.headers_mut().insert(header::AUTHORIZATION, format!("Basic {credentials}").parse().unwrap());
        request
    }

    /// The answer to a request that must succeed.
    pub async fn tokens(&self, world: &World, request: Request<Bytes>) -> Tokens {
        let view = self.ask(world, request).await;
        assert_eq!(view.status, StatusCode::OK, "{}", view.body);
        Tokens(view.json())
    }

    /// The answer to a request.
    pub async fn ask(&self, world: &World, request: Request<Bytes>) -> View {
        View::of(&request.uri().to_string(), world.send(request).await)
    }

    /// The error that the token endpoint answers with.
    pub async fn refusal(&self, world: &World, request: Request<Bytes>) -> String {
        let view = self.ask(world, request).await;
        assert!(view.status.is_client_error(), "{} {}", view.status, view.body);
        view.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether introspection calls a token active.
    pub async fn is_active(&self, world: &World, token: &str) -> bool {
        self.ask(world, self.post("/oauth2/introspect", &[("token", token)])).await.json()["active"] == true
    }
}
