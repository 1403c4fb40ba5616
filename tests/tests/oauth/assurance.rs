//! How sure a sign-in is (`acr`, OpenID Connect Core §5.5.1.1), by names of the deployment's own, and stepping up (RFC 9470).

use std::time::Duration;

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::assurance::Level;

use crate::world::{Answer, World, claims, text};

const SILVER: &str = "https://acme.example/silver";
const GOLD: &str = "https://acme.example/gold";

async fn world() -> World {
    let world = World::new().await;
    let mut settings = shared::settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.oauth.acr = [(SILVER.to_owned(), Level::Aal1), (GOLD.to_owned(), Level::Aal2)].into();
    shared::settings::save(world.app(), &settings).await.unwrap();
    world
}

impl World {
    async fn ask_for_acr(&self, name: &str, value: &str) -> Answer {
        let mut request = Self::request("openid account");
        request.push((name, value));
        self.visit("/oauth2/authorize", &request).await
    }

    async fn end_others(&self, token: &str) -> Answer {
        let request = http::Request::builder().method(Method::DELETE).uri("/v1/account/sessions");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request, String::new()).await
    }
}

#[tokio::test]
async fn a_name_that_is_asked_for_is_told_where_the_sign_in_comes_up_to_it() {
    let world = world().await;
    for (wishes, told) in [
        (format!("{GOLD} {SILVER}"), SILVER),
        (GOLD.to_owned(), "urn:latchkey:aal1"),
        ("unheard-of".to_owned(), "urn:latchkey:aal1"),
    ] {
        let answer = world.ask_for_acr("acr_values", &wishes).await;
        let tokens = world.redeem(&answer.params()["code"]).await.json();
        assert_eq!(claims(&tokens["id_token"])["acr"], told, "{wishes}");
        assert_eq!(claims(&tokens["access_token"])["acr"], told, "{wishes}");
    }
}

#[tokio::test]
async fn what_is_demanded_is_reached_or_refused() {
    let world = world().await;
    let demand = |values: &[&str]| json!({ "id_token": { "acr": { "essential": true, "values": values } } });
    let answer = world.ask_for_acr("claims", &demand(&[GOLD, SILVER]).to_string()).await;
    let tokens = world.redeem(&answer.params()["code"]).await.json();
    assert_eq!(claims(&tokens["id_token"])["acr"], SILVER);
    for values in [&[GOLD][..], &["urn:latchkey:aal3"], &["unheard-of"]] {
        let refused = world.ask_for_acr("claims", &demand(values).to_string()).await.params();
        assert_eq!(refused["error"], "unmet_authentication_requirements", "{values:?}");
    }
}

#[tokio::test]
async fn the_metadata_name_what_can_be_reached() {
    let world = world().await;
    let discovery = world.visit("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(discovery["acr_values_supported"], json!(["urn:latchkey:aal1", SILVER]));
}

#[tokio::test]
async fn a_sign_in_that_is_too_old_is_to_be_done_anew() {
    let world = world().await;
    let fresh = shared::settings::load(world.app()).await.unwrap().sessions.fresh;
    let tokens = world.tokens("openid account offline_access").await;
    world.app().clock.advance(fresh + Duration::from_secs(1));
    let tokens = world.refresh(text(&tokens, "refresh_token")).await.json();
    let refused = world.end_others(text(&tokens, "access_token")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let challenge = refused.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.contains(r#"error="insufficient_user_authentication""#), "{challenge}");
    assert!(challenge.contains(r#"max_age="900""#), "{challenge}");
    // The client does what it is told.
    let answer = world.ask_for_acr("max_age", "900").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().contains("/signin"), "{}", answer.location());
}

#[tokio::test]
async fn a_recent_sign_in_may_end_the_others() {
    let world = world().await;
    let tokens = world.tokens("openid account").await;
    assert_eq!(world.end_others(text(&tokens, "access_token")).await.status, StatusCode::NO_CONTENT);
}
