//! Pairwise names (OpenID Connect Core §8): each sector knows a customer by a name of its own, everywhere the same, and no two can
//! compare theirs.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use shared::identity::{self, NormalIdentifier};
use shared::keys::{self, Typ};
use tests::{ADA, Application, GRACE, Receiver, Tokens, View, Web, World, value_of};

const SECTOR: &str = "https://acme.example/sector.json";

async fn application(world: &World, host: &str) -> Application {
    let metadata = json!({
        "subject_type": "pairwise",
        "redirect_uris": [format!("https://{host}/callback")],
    });
    Application::register(world, metadata).await
}

/// The claims of the access token.
fn access_claims(tokens: &Tokens) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(tokens.access().split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

async fn told(world: &World, application: &Application, token: &str) -> Value {
    application.ask(world, application.post("/oauth2/introspect", &[("token", token)])).await.json()
}

#[tokio::test]
async fn a_name_is_the_same_wherever_it_is_told() {
    for format in ["jwt", "opaque"] {
        let world = World::start().await;
        let shop = Application::register(
            &world,
            json!({ "subject_type": "pairwise", "latchkey_access_token_format": format }),
        )
        .await;
        let tokens = shop.sign_in(&world, ADA).await;
        let name = tokens.id_claims()["sub"].clone();
        assert_eq!(name.as_str().unwrap().len(), 43);
        assert_eq!(world.get_as("/oauth2/userinfo", tokens.access()).await.json()["sub"], name);
        assert_eq!(told(&world, &shop, tokens.access()).await["sub"], name);
        assert_eq!(told(&world, &shop, tokens.refresh()).await["sub"], name);
        let again = shop.tokens(&world, shop.refreshment(tokens.refresh())).await;
        assert_eq!(again.id_claims()["sub"], name);
        assert_eq!(shop.sign_in(&world, ADA).await.id_claims()["sub"], name);
        assert_ne!(shop.sign_in(&world, GRACE).await.id_claims()["sub"], name);
        if format == "jwt" {
            assert_eq!(access_claims(&tokens)["sub"], name);
        }
    }
}

#[tokio::test]
async fn nothing_in_their_tokens_tells_two_sectors_that_they_have_the_same_customer() {
    let world = World::start().await;
    let (one, two) = (application(&world, "one.example").await, application(&world, "two.example").await);
    let mut visitor = world.visitor();
    let mut seen = BTreeMap::new();
    for (application, host) in [(&one, "one.example"), (&two, "two.example")] {
        let callback = format!("https://{host}/callback");
        let start = visitor.get(&application.authorize_path(&[("redirect_uri", &callback)])).await;
        let end = visitor.complete(start, ADA).await;
        let code = value_of(end.location().unwrap(), "code").unwrap();
        let form = [("redirect_uri", callback.as_str())];
        let tokens = application.tokens(&world, application.redemption_with(&code, &form)).await;
        let told = told(&world, application, tokens.access()).await;
        for claims in [tokens.id_claims(), access_claims(&tokens), told] {
            let text = claims.to_string();
            assert!(!text.contains("usr_") && !text.contains("ses_"), "{text}");
            // What is of the sign-in or of the server may be alike; what names somebody may not.
            for name in ["sub", "sid", "gid", "jti"] {
                if let Some(value) = claims[name].as_str() {
                    let before = seen.insert((name, value.to_owned()), host);
                    assert!(before.is_none_or(|before| before == host), "{name}");
                }
            }
        }
    }
}

/// Nothing of a refresh token or of an opaque access token is like another one of the customer, or like their id.
#[tokio::test]
async fn a_token_that_says_nothing_to_clients_says_not_whose_it_is() {
    let world = World::start().await;
    let ada = NormalIdentifier::email(ADA).unwrap();
    let id = identity::find(&world.platform.app, &ada).await.unwrap().unwrap().bytes();
    let bytes = |token: &str| URL_SAFE_NO_PAD.decode(token.splitn(4, '_').last().unwrap()).unwrap();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for _ in 0..3 {
        let metadata = json!({ "subject_type": "pairwise", "latchkey_access_token_format": "opaque" });
        let shop = Application::register(&world, metadata).await;
        let tokens = shop.sign_in(&world, ADA).await;
        let again = shop.tokens(&world, shop.refreshment(tokens.refresh())).await;
        for token in [tokens.access(), tokens.refresh(), again.access(), again.refresh()] {
            seen.push(bytes(token));
        }
    }
    let blocks: Vec<&[u8]> = seen.iter().flat_map(|token| token.windows(6)).collect();
    let distinct: BTreeSet<&[u8]> = blocks.iter().copied().collect();
    assert_eq!(blocks.len(), distinct.len(), "no six bytes come twice");
    assert!(seen.iter().all(|token| !token.windows(6).any(|part| id.windows(6).any(|own| own == part))));
}

#[tokio::test]
async fn a_sector_of_several_hosts_is_one_where_its_document_lists_them() {
    let world = World::start().await;
    let web = Web::around(&world.platform.app);
    let callbacks = ["https://client.example/callback", "https://shop.acme.example/cb"];
    let metadata = |callback: &str| {
        json!({
            "subject_type": "pairwise",
            "sector_identifier_uri": SECTOR,
            "redirect_uris": ["https://client.example/callback", callback],
        })
    };
    web.put(SECTOR, &json!(callbacks));
    let one = Application::register(&world, metadata(callbacks[1])).await;
    let two = Application::register(&world, metadata(callbacks[0])).await;
    assert_eq!(one.registration["sector_identifier_uri"], SECTOR);
    let name = one.sign_in(&world, ADA).await.id_claims()["sub"].clone();
    assert_eq!(two.sign_in(&world, ADA).await.id_claims()["sub"], name);

    let refused = async |metadata: Value| -> String {
        let view: View = Application::ask_to_register(&world, metadata).await;
        assert_eq!(view.status, StatusCode::BAD_REQUEST, "{}", view.body);
        view.json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(metadata("https://evil.example/cb")).await, "invalid_client_metadata");
    web.put(SECTOR, &json!({ "redirect_uris": callbacks }));
    assert_eq!(refused(metadata(callbacks[1])).await, "invalid_client_metadata");
    web.remove(SECTOR);
    assert_eq!(refused(metadata(callbacks[1])).await, "invalid_client_metadata");
    let mut without = metadata(callbacks[1]);
    without["sector_identifier_uri"] = Value::Null;
    assert_eq!(refused(without).await, "invalid_client_metadata");
}

/// Who publishes somebody else's redirect URI and polls for a device must be listed by its keys as well.
#[tokio::test]
async fn a_sector_lists_the_keys_of_who_needs_no_redirect() {
    let world = World::start().await;
    let web = Web::around(&world.platform.app);
    let (callback, keys) = ("https://client.example/callback", "https://client.example/jwks.json");
    let metadata = json!({
        "subject_type": "pairwise", "sector_identifier_uri": SECTOR, "redirect_uris": [callback],
        "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": keys,
    });
    web.put(SECTOR, &json!([callback]));
    let refused = Application::ask_to_register(&world, metadata.clone()).await;
    assert_eq!(refused.json()["error"], "invalid_client_metadata", "{}", refused.body);
    assert!(refused.body.contains("jwks_uri"), "{}", refused.body);
    web.put(SECTOR, &json!([callback, keys]));
    Application::register(&world, metadata).await;
}

#[tokio::test]
async fn a_hint_and_a_requested_subject_name_the_customer() {
    let world = World::start().await;
    let (shop, other) =
        (application(&world, "client.example").await, application(&world, "other.example").await);
    let mut visitor = world.visitor();
    let code = shop.code(&mut visitor, ADA).await;
    let ada = shop.tokens(&world, shop.redemption(&code)).await;
    let grace = shop.sign_in(&world, GRACE).await;
    let silent = async |visitor: &mut tests::Visitor<'_>, name: &str, value: &str| {
        let view = visitor.get(&shop.authorize_path(&[("prompt", "none"), (name, value)])).await;
        let location = view.location().unwrap().to_owned();
        value_of(&location, "error")
            .unwrap_or_else(|| value_of(&location, "code").map(|_| "code".to_owned()).unwrap())
    };
    let hint = |tokens: &Tokens| tokens.0["id_token"].as_str().unwrap().to_owned();
    let claims = |sub: &Value| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    assert_eq!(silent(&mut visitor, "id_token_hint", &hint(&ada)).await, "code");
    assert_eq!(silent(&mut visitor, "id_token_hint", &hint(&grace)).await, "login_required");
    assert_eq!(silent(&mut visitor, "claims", &claims(&ada.id_claims()["sub"])).await, "code");
    assert_eq!(silent(&mut visitor, "claims", &claims(&grace.id_claims()["sub"])).await, "login_required");

    // The name that another sector has for her is nobody's here, and neither is the one that is everybody's.
    let callback = [("redirect_uri", "https://other.example/callback")];
    let start = visitor.get(&other.authorize_path(&callback)).await;
    let end = visitor.complete(start, ADA).await;
    let code = value_of(end.location().unwrap(), "code").unwrap();
    let elsewhere = other.tokens(&world, other.redemption_with(&code, &callback)).await;
    assert_eq!(
        silent(&mut visitor, "claims", &claims(&elsewhere.id_claims()["sub"])).await,
        "invalid_request"
    );
    let public = Application::register(&world, json!({})).await.sign_in(&world, ADA).await;
    assert_eq!(silent(&mut visitor, "claims", &claims(&public.id_claims()["sub"])).await, "invalid_request");
}

#[tokio::test]
async fn a_hint_signs_out_without_a_question() {
    let world = World::start().await;
    let shop = application(&world, "client.example").await;
    let mut visitor = world.visitor();
    let code = shop.code(&mut visitor, ADA).await;
    let tokens = shop.tokens(&world, shop.redemption(&code)).await;
    let grace = shop.sign_in(&world, GRACE).await;
    let path =
        |tokens: &Tokens| format!("/oauth2/logout?id_token_hint={}", tokens.0["id_token"].as_str().unwrap());
    visitor.get(&path(&grace)).await;
    assert!(visitor.is_signed_in().await);
    visitor.get(&path(&tokens)).await;
    assert!(!visitor.is_signed_in().await);
}

#[tokio::test]
async fn the_end_of_a_session_is_told_by_the_same_names() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let metadata = json!({ "subject_type": "pairwise", "backchannel_logout_uri": receiver.uri("/out") });
    let shop = Application::register(&world, metadata).await;
    let mut visitor = world.visitor();
    let code = shop.code(&mut visitor, ADA).await;
    let tokens = shop.tokens(&world, shop.redemption(&code)).await;
    visitor.get(&format!("/oauth2/logout?id_token_hint={}", tokens.0["id_token"].as_str().unwrap())).await;
    world.deliver().await;
    let posted = receiver.take();
    let token = posted[0].body.strip_prefix("logout_token=").unwrap();
    let told: Value = keys::verify(&world.platform.app, token, Typ::LogoutToken).await.unwrap().unwrap();
    let known = tokens.id_claims();
    assert_eq!((&told["sub"], &told["sid"]), (&known["sub"], &known["sid"]));
}

#[tokio::test]
async fn a_token_is_given_back_and_the_audit_log_knows_whose_it_was() {
    let world = World::start().await;
    let shop = application(&world, "client.example").await;
    let tokens = shop.sign_in(&world, ADA).await;
    shop.ask(&world, shop.post("/oauth2/revoke", &[("token", tokens.access())])).await;
    assert!(!shop.is_active(&world, tokens.access()).await);
    let audited = world.audited("access_token.revoked").await;
    assert!(audited[0]["user"].as_str().unwrap().starts_with("usr_"), "{}", audited[0]);
}

#[tokio::test]
async fn a_pairwise_client_is_not_let_into_accounts() {
    let world = World::start().await;
    let shop = application(&world, "client.example").await;
    let scopes = shop.registration["scope"].as_str().unwrap();
    assert!(scopes.contains("email") && !scopes.contains("account"), "{scopes}");
}

#[tokio::test]
async fn a_pairwise_name_costs_no_call() {
    let world = World::start().await;
    let shop = application(&world, "client.example").await;
    let tokens = shop.sign_in(&world, ADA).await;
    world.get_as("/oauth2/userinfo", tokens.access()).await;
    let (_, asking) = world.calls_of(world.get_as("/oauth2/userinfo", tokens.access())).await;
    assert_eq!(asking, BTreeMap::from([("dynamodb.BatchGetItem".to_owned(), 1)]));
    let (_, refreshing) = world.calls_of(shop.tokens(&world, shop.refreshment(tokens.refresh()))).await;
    let expected = [("dynamodb.BatchGetItem".to_owned(), 1), ("dynamodb.UpdateItem".to_owned(), 1)];
    assert_eq!(refreshing, BTreeMap::from(expected));
}
