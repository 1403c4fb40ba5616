//! Codes and client credentials.

use std::time::Duration;

use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::json;
use shared::client::TokenFormat;
use shared::keys::Algorithm;

use crate::registration::Register;
use crate::world::{CHALLENGE, ISSUER, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

#[tokio::test]
async fn a_code_gives_tokens() {
    let world = World::new().await;
    let tokens = world.tokens("openid email offline_access demo.read").await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "openid email offline_access demo.read");
    assert_eq!(tokens["expires_in"], 600);
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], json!([ISSUER, "urn:latchkey:demo"]));
    let id = claims(&tokens["id_token"]);
    assert_eq!((&id["iss"], &id["aud"], &id["nonce"]), (&json!(ISSUER), &json!(SHOP), &json!("n-1")));
    assert_eq!((&id["acr"], &id["amr"]), (&json!("urn:latchkey:aal1"), &json!(["pwd"])));
    assert!(id["at_hash"].is_string() && id["sid"].is_string() && id.get("email").is_none());
    assert!(text(&tokens, "refresh_token").starts_with("lk_rt_"));
    assert!(world.is_live(&tokens).await);
}

#[tokio::test]
async fn the_answer_is_not_stored_and_costs_one_read_and_one_transaction() {
    let world = World::new().await;
    world.tokens("openid").await;
    let code = world.code("openid").await;
    world.calls();
    let answer = world.redeem(&code).await;
    let expected = [("dynamodb.GetItem".to_owned(), 1), ("dynamodb.TransactWriteItems".to_owned(), 1)];
    assert_eq!(world.calls(), expected);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.headers[header::PRAGMA], "no-cache");
}

#[tokio::test]
async fn claims_that_were_asked_for_are_in_the_id_token() {
    let world = World::new().await;
    let mut request = World::request("openid");
    request.push(("claims", r#"{"id_token":{"email":{"essential":true}},"userinfo":{"name":null}}"#));
    let answer = world.visit("/oauth2/authorize", &request).await;
    let tokens = world.redeem(&answer.params()["code"]).await.json();
    assert_eq!(claims(&tokens["id_token"])["email"], "ada@example.com");
}

#[tokio::test]
async fn a_code_used_twice_ends_its_family() {
    let world = World::new().await;
    let code = world.code("openid offline_access").await;
    let tokens = world.redeem(&code).await.json();
    assert!(world.is_live(&tokens).await);
    assert_eq!(world.redeem(&code).await.error(), (400, "invalid_grant".to_owned()));
    assert!(!world.is_live(&tokens).await);
    let refreshed = world.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(refreshed.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn of_many_at_once_one_redeems_and_none_keeps_anything() {
    let world = World::new().await;
    let code = world.code("openid").await;
    let (a, b, c, d) =
        tokio::join!(world.redeem(&code), world.redeem(&code), world.redeem(&code), world.redeem(&code));
    let won: Vec<_> = [a, b, c, d].into_iter().filter(|answer| answer.status == StatusCode::OK).collect();
    assert_eq!(won.len(), 1);
    assert!(!world.is_live(&won[0].json()).await);
}

#[tokio::test]
async fn a_code_is_bound_to_all_that_it_was_given_for() {
    let world = World::new().await;
    let code = world.code("openid").await;
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", SHOP),
        ("code", code.as_str()),
        ("redirect_uri", SHOP_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in [
        ("client_id", "demo-travel"),
        ("redirect_uri", "http://localhost:3000/_local/demo/demo-travel/callback"),
        ("redirect_uri", ""),
        ("code_verifier", CHALLENGE),
        ("code_verifier", ""),
        ("code", "lk_ac_r1_AAAA"),
        ("code", "x"),
    ] {
        let mut form = good.to_vec();
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        assert_eq!(world.token(&form).await.error(), (400, "invalid_grant".to_owned()), "{name}={value}");
    }
    // None of that has used it up.
    assert_eq!(world.token(&good).await.status, StatusCode::OK);
}

/// OAuth 2.1 §4.1.3 has no such parameter any more; OpenID Connect Core §3.1.3.2 has it.
#[tokio::test]
async fn without_openid_pkce_alone_binds_a_code() {
    let world = World::new().await;
    let code = world.code("demo.read").await;
    let ask = async |redirect_uri: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", &code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        world.token(&form).await
    };
    assert_eq!(ask("https://evil.example/").await.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(ask("").await.status, StatusCode::OK);

    let (id, secret) = confidential(&world).await;
    let mut request = World::request("demo.read");
    request.retain(|(name, _)| !name.starts_with("code_challenge") && *name != "client_id");
    request.push(("client_id", &id));
    let code = world.visit("/oauth2/authorize", &request).await.params()["code"].clone();
    let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
    let basic = Some((id.as_str(), secret.as_str()));
    let unbound = world.post("/oauth2/token", basic, &form).await;
    assert_eq!(unbound.error(), (400, "invalid_grant".to_owned()));
    form.push(("redirect_uri", SHOP_CALLBACK));
    assert_eq!(world.post("/oauth2/token", basic, &form).await.status, StatusCode::OK);
}

/// A client that may do without PKCE, and is not asked about.
async fn confidential(world: &World) -> (String, String) {
    let metadata = json!({
        "redirect_uris": [SHOP_CALLBACK], "scope": "openid demo.read", "latchkey_pkce": "optional",
    });
    let client = world.register(&metadata, None).await.json();
    let id = text(&client, "client_id").to_owned();
    world.change(&id, |client| client.consent = shared::client::Consent::Implied).await;
    (id, text(&client, "client_secret").to_owned())
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let world = World::new().await;
    let (early, late) = (world.code("openid").await, world.code("openid").await);
    world.app().clock.advance(Duration::from_secs(59));
    assert_eq!(world.redeem(&early).await.status, StatusCode::OK);
    world.app().clock.advance(Duration::from_secs(1));
    assert_eq!(world.redeem(&late).await.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn warm_client_credentials_call_nothing() {
    let world = World::new().await;
    let form = [("grant_type", "client_credentials"), ("scope", "demo.read")];
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA] {
        world.change(SERVICE_ID, |client| client.access_token_algorithm = algorithm).await;
        world.post("/oauth2/token", basic, &form).await;
        world.calls();
        let tokens = world.post("/oauth2/token", basic, &form).await.json();
        assert_eq!(world.calls(), []);
        let said = claims(&tokens["access_token"]);
        assert_eq!((&said["sub"], &said["aud"]), (&json!(SERVICE_ID), &json!("urn:latchkey:demo")));
        assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    }
}

#[tokio::test]
async fn client_credentials_are_for_the_clients_own_scopes() {
    let world = World::new().await;
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    for scope in ["openid", "demo.read account", "nothing"] {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let answer = world.post("/oauth2/token", basic, &form).await;
        assert_eq!(answer.error(), (400, "invalid_scope".to_owned()), "{scope}");
    }
    let all = world.post("/oauth2/token", basic, &[("grant_type", "client_credentials")]).await;
    assert_eq!(all.json()["scope"], "demo.read demo.write");
    let shop = world.token(&[("grant_type", "client_credentials"), ("client_id", SHOP)]).await;
    assert_eq!(shop.error(), (400, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn opaque_tokens_work_alike() {
    let world = World::new().await;
    world.change(SHOP, |client| client.access_token_format = TokenFormat::Opaque).await;
    let tokens = world.tokens("openid offline_access").await;
    assert!(text(&tokens, "access_token").starts_with("lk_at_"));
    assert!(world.is_live(&tokens).await);
    let fresh = world.refresh(text(&tokens, "refresh_token")).await.json();
    assert!(world.is_live(&fresh).await);
}

#[tokio::test]
async fn errors_are_those_of_the_standard() {
    let world = World::new().await;
    for (form, error) in [
        (vec![("client_id", SHOP)], (400, "invalid_request")),
        (vec![("client_id", SHOP), ("grant_type", "password")], (400, "unsupported_grant_type")),
        (vec![("client_id", SHOP), ("grant_type", "refresh_token")], (400, "invalid_request")),
        (vec![("client_id", "nobody"), ("grant_type", "refresh_token")], (401, "invalid_client")),
        (vec![("grant_type", "client_credentials")], (401, "invalid_client")),
    ] {
        let answer = world.token(&form).await;
        assert_eq!(answer.error(), (error.0, error.1.to_owned()), "{form:?}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn scripts_of_the_clients_own_origin_may_read() {
    let world = World::new().await;
    let post = |origin: &str| {
        http::Request::post("/oauth2/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, origin)
    };
    let body = || format!("client_id={SHOP}&grant_type=refresh_token&refresh_token=x");
    let own = world.send(post("http://localhost:3000"), body()).await;
    assert_eq!(own.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "http://localhost:3000");
    let foreign = world.send(post("https://evil.example"), body()).await;
    assert_eq!(foreign.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    let preflight = http::Request::options("/oauth2/token").header(header::ORIGIN, "http://localhost:3000");
    assert_eq!(world.send(preflight, String::new()).await.status, StatusCode::NO_CONTENT);
}
