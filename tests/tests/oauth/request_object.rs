//! Request objects (RFC 9101): the parameters signed by the client, and encrypted to us; in the browser's address and pushed.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use serde_json::{Value, json};
use shared::keys::jwe::{self, Content, Encryption, KeyManagement};
use shared::keys::{self, KeySet};
use shared::settings;
use tests::{Holder, Web};

use crate::registration::Register;
use crate::signer::Signer;
use crate::world::{Answer, ISSUER, SHOP, SHOP_CALLBACK, World, claims};

/// A platform whose shop signs its requests.
struct Scene {
    world: World,
    signer: Signer,
}

impl Scene {
    async fn new() -> Self {
        let (world, signer) = (World::new().await, Signer::new("one"));
        world.change(SHOP, |client| client.jwks = Some(signer.keys())).await;
        Self { world, signer }
    }

    /// A good request as claims, with `others` over the usual.
    fn claims(&self, others: Value) -> Value {
        let now = self.world.app().clock.now().0;
        let mut all = json!({ "iss": SHOP, "aud": ISSUER, "iat": now, "nbf": now, "exp": now + 300 });
        for (name, value) in World::request("openid email") {
            all[name] = value.into();
        }
        for (name, value) in others.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        all
    }

    async fn bring(&self, object: &str, beside: &[(&str, &str)]) -> Answer {
        let mut query = vec![("client_id", SHOP), ("request", object)];
        query.extend(beside);
        self.world.visit("/oauth2/authorize", &query).await
    }

    async fn sign(&self, others: Value) -> Answer {
        self.bring(&self.signer.sign(&self.claims(others)), &[]).await
    }

    async fn encrypted(&self, text: &str, alg: KeyManagement) -> String {
        let document = keys::jwks(self.world.app()).await.unwrap();
        let ours = KeySet::parse(&serde_json::from_slice(document.body()).unwrap()).unwrap();
        let content = Content::Jwt(text);
        jwe::encrypt(&self.world.app().rng, ours.recipient(alg).unwrap(), Encryption::with(alg), content)
            .unwrap()
    }
}

fn refusal(answer: &Answer) -> (String, String) {
    let params = answer.params();
    (params["error"].clone(), params["error_description"].clone())
}

#[tokio::test]
async fn only_what_is_signed_counts() {
    let scene = Scene::new().await;
    let object = scene.signer.sign(&scene.claims(json!({})));
    let beside = [
        ("scope", "openid email phone"),
        ("state", "forged"),
        ("nonce", "forged"),
        ("response_type", "code"),
    ];
    let answer = scene.bring(&object, &beside).await;
    let params = answer.params();
    assert_eq!((params["state"].as_str(), params["iss"].as_str()), ("xyz", ISSUER));
    let tokens = scene.world.redeem(&params["code"]).await.json();
    assert_eq!(claims(&tokens["id_token"])["nonce"], "n-1");
    assert_eq!(tokens["scope"], "openid email");
}

#[tokio::test]
async fn an_object_that_does_not_hold_is_refused_at_the_address_in_it() {
    let scene = Scene::new().await;
    let now = scene.world.app().clock.now().0;
    for others in [
        json!({ "iss": "demo-travel" }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "exp": now - 61 }),
        json!({ "nbf": now + 120 }),
        json!({ "sub": SHOP }),
    ] {
        let answer = scene.sign(others.clone()).await;
        assert!(answer.location().starts_with(SHOP_CALLBACK), "{others}");
        assert_eq!(refusal(&answer).0, "invalid_request_object", "{others}");
        assert_eq!(answer.params()["state"], "xyz");
    }
    let forged = Signer::new("one").sign(&scene.claims(json!({})));
    assert_eq!(refusal(&scene.bring(&forged, &[]).await).0, "invalid_request_object");
    let beside = [("response_type", "id_token")];
    let object = scene.signer.sign(&scene.claims(json!({})));
    let (error, said) = refusal(&scene.bring(&object, &beside).await);
    assert_eq!(error, "invalid_request_object");
    assert!(said.contains("response_type"), "{said}");
}

#[tokio::test]
async fn nothing_goes_to_an_address_that_is_not_registered() {
    let scene = Scene::new().await;
    let answer = scene.sign(json!({ "redirect_uri": "https://evil.example/" })).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_where_the_request_beside_it_may_be_answered() {
    let scene = Scene::new().await;
    let none = "eyJhbGciOiJub25lIn0.e30.";
    let nested = scene.signer.sign(&scene.claims(json!({ "request": "x" })));
    let refers = scene.signer.sign(&scene.claims(json!({ "request_uri": "https://shop.example/r" })));
    for object in ["x", "a.b.c", "a.b.c.d.e", none, &nested, &refers] {
        let beside = [("redirect_uri", SHOP_CALLBACK), ("response_type", "code"), ("scope", "openid")];
        let answer = scene.bring(object, &beside).await;
        assert_eq!(refusal(&answer).0, "invalid_request_object", "{object}");
    }
}

#[tokio::test]
async fn a_client_that_must_sign_is_not_heard_otherwise() {
    let scene = Scene::new().await;
    scene.world.change(SHOP, |client| client.require_signed_request = true).await;
    let plain = scene.world.visit("/oauth2/authorize", &World::request("openid email")).await;
    assert_eq!(refusal(&plain).0, "invalid_request");
    assert!(scene.sign(json!({})).await.params().contains_key("code"));
}

#[tokio::test]
async fn a_deployment_may_have_all_requests_signed() {
    let scene = Scene::new().await;
    let mut changed = settings::load(scene.world.app()).await.unwrap().as_ref().clone();
    changed.oauth.require_signed_request = true;
    settings::save(scene.world.app(), &changed).await.unwrap();
    let plain = scene.world.visit("/oauth2/authorize", &World::request("openid email")).await;
    assert_eq!(refusal(&plain).0, "invalid_request");
    let pushed = scene.world.post("/oauth2/par", None, &World::request("openid email")).await;
    assert_eq!(pushed.error(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_pushed_object_is_opened_once_and_outlives_its_time() {
    let scene = Scene::new().await;
    let now = scene.world.app().clock.now().0;
    let object = scene.signer.sign(&scene.claims(json!({ "exp": now + 30 })));
    scene.world.change(SHOP, |client| client.require_signed_request = true).await;
    let pushed = scene.world.post("/oauth2/par", None, &[("client_id", SHOP), ("request", &object)]).await;
    assert_eq!(pushed.status, StatusCode::CREATED);
    scene.world.app().clock.advance(std::time::Duration::from_secs(80));
    let reference = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let query = [("client_id", SHOP), ("request_uri", reference.as_str())];
    let answer = scene.world.visit("/oauth2/authorize", &query).await;
    assert!(answer.params().contains_key("code"), "{:?}", answer.params());
    let forged = Signer::new("one").sign(&scene.claims(json!({})));
    let refused = scene.world.post("/oauth2/par", None, &[("client_id", SHOP), ("request", &forged)]).await;
    assert_eq!(refused.error(), (400, "invalid_request_object".to_owned()));
}

#[tokio::test]
async fn a_signed_request_that_is_pushed_with_a_proof_binds_its_code() {
    let (scene, holder, thief) = (Scene::new().await, Holder::default(), Holder::default());
    let push = async |others: Value| {
        let object = scene.signer.sign(&scene.claims(others));
        let proof = holder.proof("POST", &format!("{ISSUER}/oauth2/par"), scene.world.app().clock.now());
        let request = http::Request::post("/oauth2/par")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("dpop", proof);
        let form = [("client_id", SHOP), ("request", object.as_str())];
        scene.world.send(request, serde_urlencoded::to_string(form).unwrap()).await
    };
    let named = push(json!({ "dpop_jkt": thief.jkt() })).await;
    assert_eq!(named.error(), (400, "invalid_dpop_proof".to_owned()));
    for others in [json!({}), json!({ "dpop_jkt": holder.jkt() })] {
        let pushed = push(others).await.json();
        let query = [("client_id", SHOP), ("request_uri", pushed["request_uri"].as_str().unwrap())];
        let code = scene.world.visit("/oauth2/authorize", &query).await.params()["code"].clone();
        assert_eq!(scene.world.redeem(&code).await.error(), (400, "invalid_grant".to_owned()));
    }
}

#[tokio::test]
async fn an_object_is_of_the_right_type_and_of_a_bounded_size() {
    let scene = Scene::new().await;
    let claims = scene.claims(json!({}));
    for (typ, good) in [
        ("oauth-authz-req+jwt", true),
        ("application/OAuth-Authz-Req+JWT", true),
        ("JWT", true),
        ("at+jwt", false),
    ] {
        let object = scene.signer.sign_as(&json!({ "alg": "ES256", "kid": "one", "typ": typ }), &claims);
        assert_eq!(scene.bring(&object, &[]).await.params().contains_key("code"), good, "{typ}");
    }
    let beside = [("redirect_uri", SHOP_CALLBACK), ("response_type", "code"), ("scope", "openid")];
    let long = scene.signer.sign(&scene.claims(json!({ "ignored": "x".repeat(12 * 1024) })));
    assert!(long.len() > 16 * 1024);
    assert_eq!(refusal(&scene.bring(&long, &beside).await).0, "invalid_request_object");
}

#[tokio::test]
async fn an_object_may_be_encrypted_to_us() {
    let scene = Scene::new().await;
    let object = scene.signer.sign(&scene.claims(json!({})));
    for alg in [KeyManagement::EcdhEs, KeyManagement::RsaOaep256] {
        let encrypted = scene.encrypted(&object, alg).await;
        assert!(scene.bring(&encrypted, &[]).await.params().contains_key("code"), "{alg:?}");
    }
    let inside = scene.encrypted("not a JWT", KeyManagement::EcdhEs).await;
    let beside = [("redirect_uri", SHOP_CALLBACK), ("response_type", "code"), ("scope", "openid")];
    assert_eq!(refusal(&scene.bring(&inside, &beside).await).0, "invalid_request_object");
    scene
        .world
        .change(SHOP, |client| {
            client.encryption.request_object = Some(Encryption::with(KeyManagement::EcdhEs));
        })
        .await;
    let open = scene.bring(&object, &beside).await;
    assert_eq!(refusal(&open).0, "invalid_request_object", "only encrypted ones from now on");
}

const REFERENCE: &str = "https://shop.example/request.jwt";

impl Scene {
    /// A web in which the shop publishes `object`, and a shop that has registered to refer to it.
    async fn publishing(&self, object: &str) -> Web {
        let web = Web::around(self.world.app());
        web.put(REFERENCE, &object);
        self.world.change(SHOP, |client| client.request_uris = vec![REFERENCE.to_owned()]).await;
        web
    }

    async fn refer(&self, uri: &str, beside: &[(&str, &str)]) -> Answer {
        let mut query = vec![
            ("client_id", SHOP),
            ("response_type", "code"),
            ("redirect_uri", SHOP_CALLBACK),
            ("request_uri", uri),
        ];
        query.extend(beside);
        self.world.visit("/oauth2/authorize", &query).await
    }
}

fn fragment(object: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, object.as_bytes()))
}

#[tokio::test]
async fn an_object_is_fetched_from_where_the_client_registered_it() {
    let scene = Scene::new().await;
    let object = scene.signer.sign(&scene.claims(json!({ "state": "within" })));
    let web = scene.publishing(&object).await;
    let params = scene.refer(REFERENCE, &[("state", "beside")]).await.params();
    assert_eq!(params["state"], "within");
    assert!(params.contains_key("code"));
    assert_eq!(web.asked().len(), 1);

    // What has its hash is the same for ever, and kept; what has none may have changed.
    let hashed = format!("{REFERENCE}#{}", fragment(&object));
    for _ in 0..2 {
        assert!(scene.refer(&hashed, &[]).await.params().contains_key("code"));
    }
    assert_eq!(web.asked().len(), 1);
    scene.refer(REFERENCE, &[]).await;
    assert_eq!(web.asked().len(), 1);

    let other = format!("{REFERENCE}#{}", fragment("another"));
    for uri in [other.as_str(), "https://shop.example/other.jwt", "https://evil.example/request.jwt", "urn:x"]
    {
        assert_eq!(scene.refer(uri, &[]).await.params()["error"], "invalid_request_uri", "{uri}");
    }
    assert_eq!(web.asked().len(), 1, "nothing is asked for that is not registered");
    let both = scene.refer(REFERENCE, &[("request", &object)]).await;
    assert_eq!(both.params()["error"], "invalid_request");
    web.put(REFERENCE, &"nonsense");
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "invalid_request_object");
    web.remove(REFERENCE);
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "invalid_request_uri");
}

#[tokio::test]
async fn references_are_followed_while_the_setting_is_on() {
    let scene = Scene::new().await;
    let object = scene.signer.sign(&scene.claims(json!({})));
    let web = scene.publishing(&object).await;
    let metadata = async || {
        let request = http::Request::get("/.well-known/openid-configuration");
        let document = scene.world.send(request, String::new()).await.json();
        (
            document["request_uri_parameter_supported"].clone(),
            document["require_request_uri_registration"].clone(),
        )
    };
    assert_eq!(metadata().await, (json!(true), json!(true)));
    let mut settings = settings::load(scene.world.app()).await.unwrap().as_ref().clone();
    settings.oauth.request_uri = false;
    settings::save(scene.world.app(), &settings).await.unwrap();
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "request_uri_not_supported");
    assert_eq!(metadata().await.0, json!(false));
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn who_must_push_has_nothing_fetched() {
    let scene = Scene::new().await;
    let object = scene.signer.sign(&scene.claims(json!({})));
    let web = scene.publishing(&object).await;
    scene.world.change(SHOP, |client| client.require_pushed = true).await;
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "invalid_request");
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn unsigned_objects_are_for_clients_that_register_so() {
    let scene = Scene::new().await;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&scene.claims(json!({}))));
    let web = scene.publishing(&unsigned).await;
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "invalid_request_object");
    scene.world.change(SHOP, |client| client.unsigned_request_objects = true).await;
    assert!(scene.refer(REFERENCE, &[]).await.params().contains_key("code"));
    assert!(scene.bring(&unsigned, &[]).await.params().contains_key("code"));
    web.put(REFERENCE, &format!("{unsigned}AAAA"));
    assert_eq!(scene.refer(REFERENCE, &[]).await.params()["error"], "invalid_request_object");
    scene.world.change(SHOP, |client| client.require_signed_request = true).await;
    assert_eq!(scene.bring(&unsigned, &[]).await.params()["error"], "invalid_request");
}

#[tokio::test]
async fn references_are_registered_within_bounds() {
    let world = World::new().await;
    let register = async |member: &str, value: Value| {
        let mut metadata = crate::registration::metadata();
        metadata[member] = value;
        world.register(&metadata, None).await
    };
    let good = json!(["https://shop.example/r#hash", "https://shop.example/r?x=1"]);
    assert_eq!(register("request_uris", good.clone()).await.json()["request_uris"], good);
    for bad in ["https://10.0.0.1/r", "http://shop.example/r", "ftp://shop.example/r", "r"] {
        let answer = register("request_uris", json!([bad])).await;
        assert_eq!(answer.error(), (400, "invalid_client_metadata".to_owned()), "{bad}");
    }
    let long = format!("https://shop.example/{}", "x".repeat(500));
    assert_eq!(register("request_uris", json!([long])).await.status, StatusCode::BAD_REQUEST);
    let unsigned = register("request_object_signing_alg", json!("none")).await.json();
    assert_eq!(unsigned["request_object_signing_alg"], "none");
}
