//! What clients do without a customer's hands, or with few of them.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Value, json};
use tests::{ADA, Application, Holder, PASSWORD, Receiver, Tokens, View, World, form_request, value_of};

use super::expect;

pub(super) async fn metadata(world: &World) {
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/openapi.json",
        "/health",
        "/assets/latchkey.css",
    ] {
        let view = world.visitor().get(path).await;
        expect(&view, 200);
    }
    for path in [
        "/oauth2/par",
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/revoke",
        "/oauth2/register",
        "/oauth2/register/anyone",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/openapi.json",
    ] {
        let request = Request::options(path)
            .header(header::ORIGIN, "https://client.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        expect(&View::of(path, world.send(request.body(Bytes::new()).unwrap()).await), 204);
    }
}

/// A request with a bearer token, and JSON where there is some.
pub(super) async fn call(
    world: &World,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> View {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    View::of(path, world.send(request.body(Bytes::from(body)).unwrap()).await)
}

pub(super) async fn registration(world: &World) {
    let client = Application::service(world).await;
    let own = client.registration["registration_access_token"].as_str().unwrap();
    let path = format!("/oauth2/register/{}", client.id);
    assert_eq!(expect(&call(world, own, Method::GET, &path, None).await, 200)["client_id"], client.id);
    let changed = json!({
        "client_id": client.id, "client_secret": client.secret, "client_name": "Renamed", "redirect_uris": [],
        "grant_types": ["client_credentials"], "response_types": [], "scope": "demo.read",
    });
    assert_eq!(
        expect(&call(world, own, Method::PUT, &path, Some(changed)).await, 200)["client_name"],
        "Renamed"
    );
    let form = client.token_request(&[("grant_type", "client_credentials")]);
    client.tokens(world, form).await;
    expect(&call(world, own, Method::DELETE, &path, None).await, 204);
}

/// A code by a pushed and by a posted request; its tokens, used in every way.
pub(super) async fn tokens(world: &World) {
    let application = Application::register(world, json!({})).await;
    let mut ada = world.visitor();
    let start = ada.get(&application.push(world).await).await;
    let end = ada.complete(start, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    let given = application.tokens(world, application.redemption(&code)).await;

    let path = application.authorize_path(&[]);
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(path.split_once('?').unwrap().1).unwrap();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let start = ada.post("/oauth2/authorize", &fields).await;
    let end = ada.complete(start, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    application.tokens(world, application.redemption(&code)).await;

    let mut now = given;
    for _ in 0..3 {
        now = application.tokens(world, application.refreshment(now.refresh())).await;
    }
    expect(&world.get_as("/oauth2/userinfo", now.access()).await, 200);
    let mut posted = form_request("/oauth2/userinfo", &[]);
    posted.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {}", now.access()).parse().unwrap());
    expect(&application.ask(world, posted).await, 200);
    assert!(application.is_active(world, now.access()).await, "the family lives");
    let revoke = application.post("/oauth2/revoke", &[("token", now.refresh())]);
    expect(&application.ask(world, revoke).await, 200);
    assert!(!application.is_active(world, now.refresh()).await);
}

/// Proofs of a key are used once, by whoever made them.
pub(super) async fn proofs(world: &World) {
    let (application, holder) = (Application::register(world, json!({})).await, Holder::default());
    let prove = |request| holder.prove(request, world.issuer(), world.clock.now());
    let code = application.code(&mut world.visitor(), ADA).await;
    let given = application.tokens(world, prove(application.redemption(&code))).await;
    let given = application.tokens(world, prove(application.refreshment(given.refresh()))).await;
    let url = format!("{}/oauth2/userinfo", world.issuer());
    let proof = holder.proof_with(given.access(), "GET", &url, world.clock.now());
    let request = Request::get("/oauth2/userinfo")
        .header(header::AUTHORIZATION, format!("DPoP {}", given.access()))
        .header("dpop", proof);
    expect(&View::of("userinfo", world.send(request.body(Bytes::new()).unwrap()).await), 200);
}

pub(super) async fn device(world: &World) {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
    let metadata = json!({ "grant_types": [GRANT], "redirect_uris": [], "response_types": [] });
    let tv = Application::register(world, metadata).await;
    let ask = tv.post("/oauth2/device_authorization", &[("scope", "openid")]);
    let given = expect(&tv.ask(world, ask).await, 200);
    let code = given["device_code"].as_str().unwrap();
    let poll = tv.token_request(&[("grant_type", GRANT), ("device_code", code)]);
    assert_eq!(tv.refusal(world, poll.clone()).await, "authorization_pending");
    let mut ada = world.customer(ADA).await;
    let page = ada.get("/device").await;
    let typed = given["user_code"].as_str().unwrap();
    let question = ada.submit(&page, "device", &[("user_code", typed)]).await;
    let done = ada.submit(&question, "consent", &[("decision", "allow")]).await;
    expect(&done, 200);
    tv.tokens(world, poll).await;
}

/// The customer is asked by mail, and the client is told.
pub(super) async fn asked_by_mail(world: &World, receiver: &Receiver) {
    const GRANT: &str = "urn:openid:params:grant-type:ciba";
    let metadata = json!({
        "grant_types": [GRANT, "refresh_token"], "redirect_uris": [], "response_types": [],
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": receiver.uri("/notify"),
    });
    let client = Application::register(world, metadata).await;
    let form = [
        ("scope", "openid"),
        ("login_hint", ADA),
        ("client_notification_token", "8d67dc78-7faa-4d41-aabd-67707b374255"),
    ];
    let given = expect(&client.ask(world, client.post("/oauth2/bc-authorize", &form)).await, 200);
    let messages = world.messages(ADA).await;
    let words = messages.iter().flat_map(|text| text.split_whitespace());
    let mut paths = words.filter_map(|word| word.strip_prefix(world.issuer()));
    let link = paths.find(|path| path.starts_with("/approve")).unwrap();
    let mut ada = world.customer(ADA).await;
    let question = ada.get(link).await;
    expect(&ada.submit(&question, "consent", &[("decision", "allow")]).await, 200);
    world.deliver().await;
    assert!(!receiver.take().is_empty(), "the client is told");
    let id = given["auth_req_id"].as_str().unwrap();
    client.tokens(world, client.token_request(&[("grant_type", GRANT), ("auth_req_id", id)])).await;
}

/// An application signs its customer in without a browser.
pub(super) async fn challenge(world: &World) {
    const CLIENT: &str = "demo-native";
    let application = Application { id: CLIENT.into(), secret: String::new(), registration: Value::Null };
    let path = application.authorize_path(&[("scope", "openid")]);
    let mut fields: Vec<(String, String)> =
        serde_urlencoded::from_str(path.split_once('?').unwrap().1).unwrap();
    fields.retain(|(name, _)| name != "redirect_uri" && name != "state");
    for (name, value) in [("identifier", ADA), ("password", PASSWORD)] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = application.ask(world, form_request("/oauth2/authorize-challenge", &fields)).await;
    let code = expect(&done, 200)["authorization_code"].as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", &code),
        ("code_verifier", Application::VERIFIER),
    ];
    let tokens = Tokens(expect(&application.ask(world, form_request("/oauth2/token", &form)).await, 200));
    expect(&world.get_as("/oauth2/userinfo", tokens.access()).await, 200);
}
