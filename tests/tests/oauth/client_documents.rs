//! Clients that nobody registered: their id is the address of a document about them.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::{Value, json};
use shared::client;
use shared::settings;
use tests::{ADA, Application, Tokens, View, Web, World, form_request, value_of};

use crate::signer::Signer;

const ID: &str = "https://app.example/client.json";
const CALLBACK: &str = "https://app.example/cb";
const HOUR: Duration = Duration::from_secs(3601);

/// A platform, and an application with a document in the web around it.
struct Scene {
    world: World,
    web: Web,
    app: Application,
}

fn document() -> Value {
    json!({
        "client_id": ID,
        "client_name": "Photo App",
        "client_uri": "https://app.example/",
        "redirect_uris": [CALLBACK, "http://127.0.0.1/cb"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid email demo.read",
    })
}

impl Scene {
    async fn new() -> Self {
        let world = World::start().await;
        let web = Web::around(&world.platform.app);
        web.put(ID, &document());
        let app = Application { id: ID.to_owned(), secret: String::new(), registration: Value::Null };
        Self { world, web, app }
    }

    /// Where the application sends a browser.
    fn path(&self, redirect_uri: &str) -> String {
        self.app.authorize_path(&[("redirect_uri", redirect_uri), ("scope", "openid email")])
    }

    async fn visit(&self) -> View {
        self.world.visitor().get(&self.path(CALLBACK)).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> View {
        let mut form = form.to_vec();
        form.push(("client_id", ID));
        View::of("/oauth2/token", self.world.send(form_request("/oauth2/token", &form)).await)
    }

    /// Signs ada in, who allows it, and gets the tokens.
    async fn sign_in(&self, redirect_uri: &str) -> Tokens {
        let mut visitor = self.world.visitor();
        let start = visitor.get(&self.path(redirect_uri)).await;
        let end = visitor.complete(start, ADA).await;
        let code = value_of(end.location().unwrap(), "code").unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", Application::VERIFIER),
        ];
        let view = self.token(&form).await;
        assert_eq!(view.status, StatusCode::OK, "{}", view.body);
        Tokens(view.json())
    }

    /// Whether the page says that the client is not known.
    async fn is_refused(&self) -> bool {
        let view = self.visit().await;
        view.status == StatusCode::BAD_REQUEST && view.location().is_none()
    }
}

#[tokio::test]
async fn a_client_that_nobody_registered_gets_tokens_for_a_customer_who_allows_it() {
    let scene = Scene::new().await;
    let tokens = scene.sign_in(CALLBACK).await;
    assert_eq!(tokens.id_claims()["aud"], ID);
    let refreshed =
        scene.token(&[("grant_type", "refresh_token"), ("refresh_token", tokens.refresh())]).await;
    assert_eq!(refreshed.status, StatusCode::OK);
    scene.sign_in("http://127.0.0.1:49152/cb").await;
    assert_eq!(scene.web.asked().len(), 1);
    let metadata = scene.world.visitor().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["client_id_metadata_document_supported"], true);
}

#[tokio::test]
async fn the_customer_sees_which_host_speaks_for_it() {
    let scene = Scene::new().await;
    let mut visitor = scene.world.visitor();
    visitor.sign_in(ADA).await;
    let page = visitor.get(&scene.path(CALLBACK)).await;
    assert!(page.form("consent").is_some(), "{}", page.body);
    assert!(page.body.contains("id=\"host\"") && page.body.contains("app.example"), "{}", page.body);
}

#[tokio::test]
async fn a_document_is_read_again_when_its_time_is_over() {
    let scene = Scene::new().await;
    scene.sign_in(CALLBACK).await;
    let mut changed = document();
    changed["redirect_uris"] = json!(["https://app.example/elsewhere"]);
    scene.web.put(ID, &changed);
    assert!(!scene.is_refused().await);
    scene.world.advance(HOUR);
    assert!(scene.is_refused().await);
    assert_eq!(scene.web.asked().len(), 2);

    // A server that is down stops nobody for a day.
    scene.web.remove(ID);
    scene.world.advance(HOUR);
    let path = scene.path("https://app.example/elsewhere");
    assert!(scene.world.visitor().get(&path).await.form("identify").is_some());
    scene.world.advance(Duration::from_secs(24 * 3600));
    assert!(scene.world.visitor().get(&path).await.form("identify").is_none());
}

#[tokio::test]
async fn what_is_no_document_of_its_own_address_is_nobody() {
    let with = |name: &str, value: Value| {
        let mut document = document();
        document[name] = value;
        document
    };
    for wrong in [
        with("client_id", json!("https://app.example/other.json")),
        with("client_secret", json!("secret")),
        with("token_endpoint_auth_method", json!("client_secret_basic")),
        with("redirect_uris", json!(["https://evil.example/cb"])),
        with("redirect_uris", json!([CALLBACK, "com.example.app:/cb"])),
        with("redirect_uris", json!([])),
        with("grant_types", json!(["client_credentials"])),
        with("jwks", json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] })),
        with("client_name", json!("x".repeat(9000))),
        json!([]),
    ] {
        let scene = Scene::new().await;
        scene.web.put(ID, &wrong);
        assert!(scene.is_refused().await, "{wrong}");
        assert_eq!(scene.token(&[("grant_type", "refresh_token")]).await.json()["error"], "invalid_client");
    }
    let moved = Response::builder().status(302).header(header::LOCATION, CALLBACK).body(Bytes::new());
    let html =
        Response::builder().header(header::CONTENT_TYPE, "text/html").body(document().to_string().into());
    for response in [moved.unwrap(), html.unwrap()] {
        let scene = Scene::new().await;
        scene.web.put_response(ID, response);
        assert!(scene.is_refused().await);
    }
}

/// A client that proves itself by the keys of its document.
fn keyed(signer: &Signer) -> Value {
    let mut document = document();
    document["token_endpoint_auth_method"] = json!("private_key_jwt");
    document["jwks"] = signer.document();
    document
}

/// Its proof, at an endpoint of `world`, which works once for each `jti`.
fn proof(world: &World, signer: &Signer, jti: &str) -> [(&'static str, String); 2] {
    let now = world.platform.app.clock.now().0;
    let claims = json!({ "iss": ID, "sub": ID, "aud": world.issuer(), "exp": now + 60, "jti": jti });
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    [("client_assertion_type", kind.to_owned()), ("client_assertion", signer.sign(&claims))]
}

#[tokio::test]
async fn a_document_with_keys_makes_a_client_prove_itself() {
    let scene = Scene::new().await;
    let signer = Signer::new("k");
    scene.web.put(ID, &keyed(&signer));
    let mut visitor = scene.world.visitor();
    let start = visitor.get(&scene.path(CALLBACK)).await;
    let end = visitor.complete(start, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", Application::VERIFIER),
    ];
    assert_eq!(scene.token(&form).await.json()["error"], "invalid_client");
    let proof = proof(&scene.world, &signer, "one");
    let proof = proof.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(scene.token(&[&form[..], &proof[..]].concat()).await.status, StatusCode::OK);
}

/// The client names itself by its assertion alone; its keys are those of the document all the same, as it is now.
#[tokio::test]
async fn a_key_that_the_document_has_no_more_proves_nobody() {
    let scene = Scene::new().await;
    let (stolen, signer) = (Signer::new("k"), Signer::new("k2"));
    scene.web.put(ID, &keyed(&stolen));
    let mut visitor = scene.world.visitor();
    let start = visitor.get(&scene.path(CALLBACK)).await;
    visitor.complete(start, ADA).await;
    scene.web.put(ID, &keyed(&signer));
    scene.world.advance(Duration::from_secs(2 * 24 * 3600));
    let mut tries = 0..;
    let mut ask = async |signer: &Signer, path: &str| {
        let proof = proof(&scene.world, signer, &format!("{:?}", tries.next()));
        let proof = proof.each_ref().map(|(name, value)| (*name, value.as_str()));
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", "lk_rt_r1_x"), ("token", "lk_rt_r1_x")];
        let request = form_request(path, &[&form[..], &proof[..]].concat());
        View::of(path, scene.world.send(request).await).json()["error"].clone()
    };
    // What is too old proves nobody where the document is not read.
    assert_eq!(ask(&stolen, "/oauth2/revoke").await, "invalid_client");
    assert_eq!(ask(&stolen, "/oauth2/token").await, "invalid_client");
    assert_eq!(ask(&signer, "/oauth2/token").await, "invalid_grant", "the client itself is let in");
    assert_eq!(ask(&stolen, "/oauth2/revoke").await, "invalid_client");
}

#[tokio::test]
async fn nobody_can_have_us_read_documents_as_often_as_they_like() {
    let scene = Scene::new().await;
    let app = &scene.world.platform.app;
    let mut settings = settings::load(app).await.unwrap().as_ref().clone();
    settings.limits.per_address = 1;
    settings::save(app, &settings).await.unwrap();
    scene.web.asked();
    let mut last = StatusCode::OK;
    for number in 0..25 {
        let id = format!("https://victim.example/{number}");
        let path = scene.app.authorize_path(&[("client_id", &id)]);
        last = scene.world.visitor().get(&path).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(scene.web.asked().len(), 20);

    // Many addresses together are bounded by the host that they aim at.
    settings.limits.per_address = 1_000_000;
    settings.limits.per_client = 1;
    settings::save(app, &settings).await.unwrap();
    for number in 0..310 {
        let id = format!("https://other.example/{number}");
        scene.world.visitor().get(&scene.app.authorize_path(&[("client_id", &id)])).await;
    }
    assert_eq!(scene.web.asked().len(), 300);
}

#[tokio::test]
async fn an_administrator_has_the_last_word() {
    let scene = Scene::new().await;
    scene.sign_in(CALLBACK).await;
    let app = &scene.world.platform.app;
    let mut stopped = client::Client::new(ID, app.clock.now());
    stopped.status = client::Status::Disabled;
    let writes = client::create_writes(app, &stopped, &shared::hook::Cause::system());
    client::save(app, ID, writes).await.unwrap();
    assert!(scene.is_refused().await);

    let scene = Scene::new().await;
    scene.sign_in(CALLBACK).await;
    let app = &scene.world.platform.app;
    let mut settings = settings::load(app).await.unwrap().as_ref().clone();
    settings.oauth.client_id_metadata_documents = false;
    settings::save(app, &settings).await.unwrap();
    client::forget(app, ID);
    assert!(scene.is_refused().await);
    let metadata = scene.world.visitor().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata.get("client_id_metadata_document_supported"), None);
}

#[tokio::test]
async fn a_known_document_costs_nothing() {
    let scene = Scene::new().await;
    scene.sign_in(CALLBACK).await;
    scene.visit().await;
    let (_, calls) = scene
        .world
        .calls_of(scene.world.send(scene.world.visitor().request(
            http::Method::GET,
            &scene.path(CALLBACK),
            &[],
        )))
        .await;
    assert_eq!(calls.into_iter().collect::<Vec<_>>(), [("dynamodb.PutItem".to_owned(), 1)]);
}
