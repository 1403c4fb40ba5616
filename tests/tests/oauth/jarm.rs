//! Answers of the authorization endpoint as JWTs (JARM).

use http::StatusCode;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm as Alg, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use shared::client::ResponseType;
use shared::keys::Algorithm;

use crate::world::{Answer, ISSUER, NOW, SHOP, SHOP_CALLBACK, World};

impl World {
    async fn ask_as(&self, mode: &str, more: &[(&str, &str)]) -> Answer {
        let mut request = Self::request("openid");
        request.retain(|(name, _)| more.iter().all(|(known, _)| known != name));
        request.push(("response_mode", mode));
        request.extend(more);
        self.visit("/oauth2/authorize", &request).await
    }

    /// The claims of an answer that the published keys have signed for the shop.
    async fn open(&self, response: &str) -> Value {
        let jwks = self.visit("/.well-known/jwks.json", &[]).await.json();
        let jwks: JwkSet = serde_json::from_value(jwks).unwrap();
        let header = decode_header(response).unwrap();
        let key = DecodingKey::from_jwk(jwks.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[SHOP]);
        validation.set_issuer(&[ISSUER]);
        validation.validate_exp = false;
        decode::<Value>(response, &key, &validation).unwrap().claims
    }
}

#[tokio::test]
async fn a_code_comes_signed_for_the_client_and_for_ten_minutes() {
    let world = World::new().await;
    let answer = world.ask_as("jwt", &[]).await;
    let params = answer.params();
    assert_eq!(params.keys().collect::<Vec<_>>(), ["response"]);
    assert_eq!(decode_header(&params["response"]).unwrap().alg, Alg::RS256);
    let claims = world.open(&params["response"]).await;
    assert_eq!((&claims["state"], &claims["exp"]), (&json!("xyz"), &json!(NOW.0 + 600)));
    let code = claims["code"].as_str().unwrap();
    assert_eq!(world.redeem(code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_chooses_the_algorithm_and_the_way() {
    let world = World::new().await;
    world.change(SHOP, |client| client.authorization_algorithm = Some(Algorithm::ES256)).await;
    let query = world.ask_as("query.jwt", &[]).await.params();
    assert_eq!(decode_header(&query["response"]).unwrap().alg, Alg::ES256);
    let fragment = world.ask_as("fragment.jwt", &[]).await.fragment();
    assert!(world.open(&fragment["response"]).await["code"].is_string());
    let posted = world.ask_as("form_post.jwt", &[]).await;
    let body = String::from_utf8(posted.body.to_vec()).unwrap();
    assert!(body.contains("name=\"response\"") && !body.contains("name=\"code\""));
}

#[tokio::test]
async fn tokens_of_the_front_channel_are_packed_as_well() {
    let world = World::new().await;
    world.change(SHOP, |client| client.response_types = ResponseType::ALL.to_vec()).await;
    let answer = world.ask_as("jwt", &[("response_type", "code id_token token")]).await.fragment();
    let claims = world.open(&answer["response"]).await;
    for name in ["code", "id_token", "access_token", "token_type", "state"] {
        assert!(claims[name].is_string(), "{name}");
    }
    let query = world.ask_as("query.jwt", &[("response_type", "code id_token")]).await;
    assert_eq!(query.fragment()["error"], "invalid_request");
}

#[tokio::test]
async fn refusals_are_packed_too() {
    let world = World::new().await;
    for (more, error) in [(("scope", ""), "invalid_scope"), (("prompt", "none login"), "invalid_request")] {
        let answer = world.ask_as("jwt", &[more]).await.params();
        let claims = world.open(&answer["response"]).await;
        assert_eq!((&claims["error"], &claims["state"]), (&json!(error), &json!("xyz")));
    }
    let mut uri = World::request("openid");
    uri.extend([("response_mode", "jwt"), ("prompt", "none")]);
    let uri = format!("/oauth2/authorize?{}", serde_urlencoded::to_string(uri).unwrap());
    let stranger = world.send(http::Request::get(uri), String::new()).await;
    assert!(stranger.location().starts_with(SHOP_CALLBACK));
    let claims = world.open(&stranger.params()["response"]).await;
    assert_eq!(claims["error"], "login_required");
}
