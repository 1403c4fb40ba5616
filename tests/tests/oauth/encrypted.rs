//! Answers that are encrypted to the client (OpenID Connect Core §10.2), and those of the introspection endpoint as JWTs (RFC 9701).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::Client;
use shared::keys::jwe::{self, ContentEncryption, DecryptionKey, Encryption, Jwe, KeyManagement};
use shared::keys::{self, Algorithm, KeySet, Typ};

use crate::world::{Answer, ISSUER, SHOP, World, text};

const INTROSPECTION: &str = "application/token-introspection+jwt";

/// A client's key pair.
struct Recipient {
    private: DecryptionKey,
    jwks: Value,
}

impl Recipient {
    fn new() -> Self {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let point = private.compute_public_key().unwrap();
        let (x, y) =
            (URL_SAFE_NO_PAD.encode(&point.as_ref()[1..33]), URL_SAFE_NO_PAD.encode(&point.as_ref()[33..]));
        let key = json!({ "kty": "EC", "crv": "P-256", "use": "enc", "kid": "e", "x": x, "y": y });
        Self { private: DecryptionKey::Ecdh(private), jwks: json!({ "keys": [key] }) }
    }

    fn keys(&self) -> KeySet {
        KeySet::parse(&self.jwks).unwrap()
    }

    fn open(&self, world: &World, text: &str) -> String {
        let jwe = Jwe::parse(text, jwe::LIMIT).unwrap();
        assert_eq!(jwe.header().kid.as_deref(), Some("e"));
        String::from_utf8(jwe.decrypt(&world.app().rng, &self.private).unwrap()).unwrap()
    }
}

const DIRECT: Encryption = Encryption::with(KeyManagement::EcdhEs);
const WRAPPED: Encryption = Encryption { alg: KeyManagement::EcdhEsA256Kw, enc: ContentEncryption::A256Gcm };

/// The claims of a JWT of ours.
async fn verified(world: &World, jwt: &str, typ: Typ) -> Value {
    keys::verify(world.app(), jwt, typ).await.unwrap().unwrap()
}

fn body(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

async fn userinfo(world: &World, tokens: &Value) -> Answer {
    let bearer = format!("Bearer {}", text(tokens, "access_token"));
    let request = http::Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, bearer);
    world.send(request, String::new()).await
}

#[tokio::test]
async fn id_tokens_are_signed_and_then_encrypted() {
    let world = World::new().await;
    let recipient = Recipient::new();
    for encryption in [DIRECT, WRAPPED] {
        world
            .change(SHOP, |client| {
                client.jwks = Some(recipient.keys());
                client.encryption.id_token = Some(encryption);
            })
            .await;
        let tokens = world.tokens("openid offline_access").await;
        let refreshed = world.refresh(text(&tokens, "refresh_token")).await.json();
        for tokens in [tokens, refreshed] {
            let jwe = Jwe::parse(text(&tokens, "id_token"), jwe::LIMIT).unwrap();
            assert_eq!((jwe.header().alg, jwe.header().enc), (encryption.alg, encryption.enc));
            assert_eq!(jwe.header().cty.as_deref(), Some("JWT"));
            let jwt = recipient.open(&world, text(&tokens, "id_token"));
            let claims = verified(&world, &jwt, Typ::Jwt).await;
            assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(SHOP)));
        }
    }
}

#[tokio::test]
async fn userinfo_is_encrypted_signed_or_both() {
    let world = World::new().await;
    let recipient = Recipient::new();
    let tokens = world.tokens("openid email").await;
    for signed in [false, true] {
        world
            .change(SHOP, |client| {
                client.jwks = Some(recipient.keys());
                client.encryption.userinfo = Some(DIRECT);
                client.userinfo_algorithm = signed.then_some(Algorithm::PS256);
            })
            .await;
        let answer = userinfo(&world, &tokens).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/jwt");
        let content = recipient.open(&world, &body(&answer));
        let claims = match signed {
            true => verified(&world, &content, Typ::Jwt).await,
            false => serde_json::from_str(&content).unwrap(),
        };
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(SHOP)));
        assert_eq!(claims["email"], "ada@example.com");
    }
}

#[tokio::test]
async fn answers_of_the_authorization_endpoint_are_signed_and_then_encrypted() {
    let world = World::new().await;
    let recipient = Recipient::new();
    let encrypted = |client: &mut Client| {
        client.jwks = Some(recipient.keys());
        client.encryption.authorization = Some(WRAPPED);
    };
    world.change(SHOP, encrypted).await;
    let mut request = World::request("openid");
    request.push(("response_mode", "jwt"));
    let params = world.visit("/oauth2/authorize", &request).await.params();
    let jwt = recipient.open(&world, &params["response"]);
    let claims = verified(&world, &jwt, Typ::Jwt).await;
    assert_eq!((&claims["aud"], &claims["state"]), (&json!(SHOP), &json!("xyz")));
    assert_eq!(world.redeem(text(&claims, "code")).await.status, StatusCode::OK);

    world.change(SHOP, |client| client.jwks = None).await;
    let refused = world.visit("/oauth2/authorize", &request).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "a page: nothing goes to the client in clear");
    assert_eq!(refused.location(), "");
}

/// What is to be encrypted never goes out in clear; and a code is not lost by what its client has to mend first.
#[tokio::test]
async fn a_client_without_a_key_gets_nothing_and_keeps_its_code() {
    let world = World::new().await;
    let code = world.code("openid").await;
    let tokens = world.tokens("openid").await;
    let encrypted = |client: &mut Client| {
        client.encryption.id_token = Some(DIRECT);
        client.encryption.userinfo = Some(DIRECT);
    };
    world.change(SHOP, encrypted).await;
    let refused = (400, "invalid_client_metadata".to_owned());
    assert_eq!(world.redeem(&code).await.error(), refused);
    assert_eq!(userinfo(&world, &tokens).await.error(), refused);
    let recipient = Recipient::new();
    world.change(SHOP, |client| client.jwks = Some(recipient.keys())).await;
    let tokens = world.redeem(&code).await;
    assert_eq!(tokens.status, StatusCode::OK);
    recipient.open(&world, text(&tokens.json(), "id_token"));
}

async fn introspect(world: &World, token: &str, accept: &str) -> Answer {
    let credentials =
        base64::engine::general_purpose::STANDARD.encode(format!("{SERVICE_ID}:{SERVICE_SECRET}"));
    let request = http::Request::post("/oauth2/introspect")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .header(header::ACCEPT, accept);
    world.send(request, serde_urlencoded::to_string([("token", token)]).unwrap()).await
}

/// A token of the service's own.
async fn service_token(world: &World) -> String {
    let form = [("grant_type", "client_credentials")];
    let tokens = world.post("/oauth2/token", Some((SERVICE_ID, SERVICE_SECRET)), &form).await.json();
    text(&tokens, "access_token").to_owned()
}

fn content_type(answer: &Answer) -> &str {
    answer.headers[header::CONTENT_TYPE].to_str().unwrap()
}

#[tokio::test]
async fn introspection_answers_with_a_jwt_who_asks_for_one() {
    let world = World::new().await;
    let token = service_token(&world).await;
    for accept in [INTROSPECTION, "Application/Token-Introspection+JWT;q=1, application/json;q=0.5"] {
        let answer = introspect(&world, &token, accept).await;
        assert_eq!((answer.status, content_type(&answer)), (StatusCode::OK, INTROSPECTION));
        let claims = verified(&world, &body(&answer), Typ::Introspection).await;
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(SERVICE_ID)));
        assert_eq!(claims["token_introspection"]["active"], true);
        assert_eq!(claims["token_introspection"]["client_id"], SERVICE_ID);
        for own in ["sub", "exp", "scope", "client_id"] {
            assert!(claims.get(own).is_none(), "`{own}` would make a token of it");
        }
        assert!(verified_as_token(&world, &body(&answer)).await.is_none());
    }
    let unknown = introspect(&world, "unknown", INTROSPECTION).await;
    let claims = verified(&world, &body(&unknown), Typ::Introspection).await;
    assert_eq!(claims["token_introspection"], json!({ "active": false }));
    for accept in ["", "*/*", "application/*", "application/json", "application/jwt"] {
        let answer = introspect(&world, &token, accept).await;
        assert_eq!(content_type(&answer), "application/json", "{accept}");
        assert_eq!(answer.json()["active"], true);
    }
}

async fn verified_as_token(world: &World, jwt: &str) -> Option<Value> {
    keys::verify(world.app(), jwt, Typ::AccessToken).await.unwrap()
}

#[tokio::test]
async fn introspection_is_signed_and_encrypted_as_it_is_registered() {
    let world = World::new().await;
    let token = service_token(&world).await;
    world.change(SERVICE_ID, |client| client.introspection_algorithm = Some(Algorithm::EdDSA)).await;
    let answer = introspect(&world, &token, "*/*").await;
    assert_eq!(content_type(&answer), INTROSPECTION);
    verified(&world, &body(&answer), Typ::Introspection).await;
    let plain = introspect(&world, &token, "application/json").await;
    assert_eq!(content_type(&plain), "application/json");

    let recipient = Recipient::new();
    let encrypted = |client: &mut Client| {
        client.encryption.introspection = Some(WRAPPED);
        client.jwks = Some(recipient.keys());
    };
    world.change(SERVICE_ID, encrypted).await;
    for accept in ["*/*", "application/json", INTROSPECTION] {
        let answer = introspect(&world, &token, accept).await;
        assert_eq!(content_type(&answer), INTROSPECTION);
        let claims = verified(&world, &recipient.open(&world, &body(&answer)), Typ::Introspection).await;
        assert_eq!(claims["token_introspection"]["active"], true);
    }
}

#[tokio::test]
async fn encryption_costs_no_call() {
    let world = World::new().await;
    world.tokens("openid").await;
    let code = world.code("openid").await;
    world.calls();
    world.redeem(&code).await;
    let plain = world.calls();
    let recipient = Recipient::new();
    world
        .change(SHOP, |client| {
            client.jwks = Some(recipient.keys());
            client.encryption.id_token = Some(DIRECT);
        })
        .await;
    let code = world.code("openid").await;
    world.calls();
    world.redeem(&code).await;
    assert_eq!(world.calls(), plain);
}

#[tokio::test]
async fn encryption_is_registered_and_told() {
    let world = World::new().await;
    let recipient = Recipient::new();
    let register = async |change: Value| {
        let mut metadata = json!({
            "redirect_uris": ["http://localhost:8080/cb"],
            "jwks": recipient.jwks,
            "id_token_encrypted_response_alg": "ECDH-ES+A128KW",
            "userinfo_encrypted_response_alg": "ECDH-ES",
            "userinfo_encrypted_response_enc": "A256GCM",
            "introspection_signed_response_alg": "PS256",
            "introspection_encrypted_response_alg": "ECDH-ES",
            "request_object_encryption_alg": "RSA-OAEP-256",
        });
        for (name, value) in change.as_object().unwrap() {
            metadata[name] = value.clone();
        }
        let request =
            http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
        world.send(request, metadata.to_string()).await
    };
    let answer = register(json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let told = answer.json();
    for (name, value) in [
        ("id_token_encrypted_response_alg", "ECDH-ES+A128KW"),
        ("id_token_encrypted_response_enc", "A128CBC-HS256"),
        ("userinfo_encrypted_response_alg", "ECDH-ES"),
        ("userinfo_encrypted_response_enc", "A256GCM"),
        ("introspection_signed_response_alg", "PS256"),
        ("introspection_encrypted_response_enc", "A128CBC-HS256"),
        ("request_object_encryption_alg", "RSA-OAEP-256"),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    for wrong in [
        json!({ "id_token_encrypted_response_alg": "RSA1_5" }),
        json!({ "id_token_encrypted_response_alg": "dir" }),
        json!({ "id_token_encrypted_response_enc": "A192GCM" }),
        json!({ "id_token_encrypted_response_alg": "RSA-OAEP-256" }), // no such key in `jwks`
        json!({ "jwks": null }),
        json!({ "id_token_encrypted_response_alg": null, "id_token_encrypted_response_enc": "A256GCM" }),
        json!({ "introspection_signed_response_alg": "none" }),
        json!({ "introspection_signed_response_alg": "HS256" }),
        json!({ "token_endpoint_auth_method": "private_key_jwt" }), // its key verifies nothing
    ] {
        let refused = (400, "invalid_client_metadata".to_owned());
        assert_eq!(register(wrong.clone()).await.error(), refused, "{wrong}");
    }
}
