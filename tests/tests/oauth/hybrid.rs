//! Tokens in the front channel: hybrid and implicit response types (OpenID Connect Core §3.2, §3.3).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use shared::client::{ResponseType, TokenFormat};
use shared::settings;

use crate::world::{Answer, ISSUER, SHOP, SHOP_CALLBACK, World, claims};

impl Answer {
    /// The parameters in the fragment of the redirect.
    pub(crate) fn fragment(&self) -> BTreeMap<String, String> {
        let (address, fragment) = self.location().split_once('#').unwrap();
        assert_eq!(address, SHOP_CALLBACK);
        url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect()
    }
}

async fn world() -> World {
    let world = World::new().await;
    world.change(SHOP, |client| client.response_types = ResponseType::ALL.to_vec()).await;
    world
}

impl World {
    async fn ask_for(&self, response_type: &str, more: &[(&str, &str)]) -> Answer {
        let mut request = Self::request("openid email demo.read");
        request.retain(|(name, _)| *name != "response_type" && more.iter().all(|(known, _)| known != name));
        request.push(("response_type", response_type));
        request.extend(more);
        self.visit("/oauth2/authorize", &request).await
    }
}

fn claims_of(text: &str) -> Value {
    claims(&json!(text))
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..16])
}

#[tokio::test]
async fn each_type_brings_what_it_names_and_nothing_else() {
    let world = world().await;
    for (response_type, names) in [
        ("id_token", vec!["id_token"]),
        ("id_token token", vec!["access_token", "expires_in", "id_token", "scope", "token_type"]),
        ("code id_token", vec!["code", "id_token"]),
        ("code token", vec!["access_token", "code", "expires_in", "scope", "token_type"]),
        (
            "code id_token token",
            vec!["access_token", "code", "expires_in", "id_token", "scope", "token_type"],
        ),
    ] {
        let mut answer = world.ask_for(response_type, &[]).await.fragment();
        assert_eq!(answer.remove("state").as_deref(), Some("xyz"));
        assert_eq!(answer.remove("iss").as_deref(), Some(ISSUER));
        assert_eq!(answer.keys().map(String::as_str).collect::<Vec<_>>(), names, "{response_type}");
    }
}

#[tokio::test]
async fn the_id_token_vouches_for_what_comes_with_it() {
    let world = world().await;
    let answer = world.ask_for("code id_token token", &[]).await.fragment();
    let id = claims_of(&answer["id_token"]);
    assert_eq!((&id["iss"], &id["aud"], &id["nonce"]), (&json!(ISSUER), &json!(SHOP), &json!("n-1")));
    assert_eq!(id["at_hash"], half_hash(&answer["access_token"]));
    assert_eq!(id["c_hash"], half_hash(&answer["code"]));
    assert_eq!(id["s_hash"], half_hash("xyz"));
    assert!(id["auth_time"].is_number() && id["sid"].is_string() && id.get("email").is_none());
    let tokens = world.redeem(&answer["code"]).await.json();
    let later = claims(&tokens["id_token"]);
    assert_eq!((&later["sub"], &later["nonce"]), (&id["sub"], &id["nonce"]));
    assert!(later.get("c_hash").is_none() && later.get("s_hash").is_none());
}

#[tokio::test]
async fn claims_of_scopes_are_in_the_id_token_where_there_is_no_access_token() {
    let world = world().await;
    let alone = world.ask_for("id_token", &[]).await.fragment();
    assert_eq!(claims_of(&alone["id_token"])["email"], "ada@example.com");
    let with_token = world.ask_for("id_token token", &[]).await.fragment();
    assert!(claims_of(&with_token["id_token"]).get("email").is_none());
    let asked = [("claims", r#"{"id_token":{"email":null}}"#)];
    let asked = world.ask_for("code id_token", &asked).await.fragment();
    assert_eq!(claims_of(&asked["id_token"])["email"], "ada@example.com");
}

#[tokio::test]
async fn an_access_token_is_a_grant_of_its_own() {
    let world = world().await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        world.change(SHOP, |client| client.access_token_format = format).await;
        let answer = world.ask_for("code id_token token", &[]).await.fragment();
        assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_str()), ("Bearer", "600"));
        assert_eq!(answer["scope"], "openid email demo.read");
        let front = json!({ "access_token": answer["access_token"] });
        assert!(world.is_live(&front).await);
        // What comes of the code is another family: its end does not end the first token.
        world.redeem(&answer["code"]).await;
        let reused = world.redeem(&answer["code"]).await;
        assert_eq!(reused.error(), (400, "invalid_grant".to_owned()));
        assert!(world.is_live(&front).await);
        let form = [("client_id", SHOP), ("token", answer["access_token"].as_str())];
        let revoked = world.post("/oauth2/revoke", None, &form).await;
        assert_eq!(revoked.status, StatusCode::OK);
        assert!(!world.is_live(&front).await);
    }
}

#[tokio::test]
async fn a_resource_narrows_the_token_in_the_front_channel() {
    let world = world().await;
    let answer = world.ask_for("code token", &[("resource", "urn:latchkey:demo")]).await.fragment();
    assert_eq!(answer["scope"], "demo.read");
    assert_eq!(claims_of(&answer["access_token"])["aud"], "urn:latchkey:demo");
}

#[tokio::test]
async fn tokens_are_not_put_into_a_query_and_may_be_posted() {
    let world = world().await;
    let query = world.ask_for("code id_token", &[("response_mode", "query")]).await.fragment();
    assert_eq!(query["error"], "invalid_request");
    let posted = world.ask_for("code id_token", &[("response_mode", "form_post")]).await;
    let body = String::from_utf8(posted.body.to_vec()).unwrap();
    assert!(body.contains("name=\"code\"") && body.contains("name=\"id_token\""));
}

#[tokio::test]
async fn what_a_front_channel_needs_is_demanded() {
    let world = world().await;
    let nonce = world.ask_for("code id_token", &[("nonce", "")]).await.fragment();
    assert_eq!(nonce["error"], "invalid_request");
    let scope = world.ask_for("id_token", &[("scope", "email")]).await.fragment();
    assert_eq!(scope["error"], "invalid_scope");
    world.change(SHOP, |client| client.response_types = vec![ResponseType::Code]).await;
    let other = world.ask_for("code id_token", &[]).await.fragment();
    assert_eq!(other["error"], "unauthorized_client");
    let mut off = settings::load(world.app()).await.unwrap().as_ref().clone();
    off.oauth.hybrid_and_implicit = false;
    settings::save(world.app(), &off).await.unwrap();
    let off = world.ask_for("code id_token", &[]).await.fragment();
    assert_eq!(off["error"], "unsupported_response_type");
    let form = [("grant_type", "implicit"), ("client_id", SHOP)];
    assert_eq!(world.token(&form).await.status, StatusCode::BAD_REQUEST);
}
