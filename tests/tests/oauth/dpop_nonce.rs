//! Nonces of ours in proofs (RFC 9449 §8, §9): asked for, given out, renewed, and too old.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::Value;
use shared::settings;
use tests::Holder;

use crate::world::{Answer, SHOP, World, text};

const TOKEN: &str = "http://localhost:3000/oauth2/token";
const USERINFO: &str = "http://localhost:3000/oauth2/userinfo";

async fn world() -> World {
    let world = World::new().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.oauth.dpop_nonce = true;
    settings::save(world.app(), &settings).await.unwrap();
    world
}

fn told(answer: &Answer) -> Option<String> {
    answer.headers.get("dpop-nonce").map(|nonce| nonce.to_str().unwrap().to_owned())
}

fn proof(world: &World, holder: &Holder, nonce: Option<&str>) -> String {
    let mut claims = holder.claims("POST", TOKEN, world.app().clock.now());
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    holder.sign(&holder.header(), &claims)
}

async fn refresh(world: &World, proof: &str, tokens: &Value) -> Answer {
    let token = text(tokens, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)];
    world.token_with(&[proof], &form).await
}

#[tokio::test]
async fn rule_10_a_proof_has_a_nonce_of_ours() {
    let (world, holder) = (world().await, Holder::default());
    let tokens = world.tokens("openid offline_access").await;
    let asked = refresh(&world, &proof(&world, &holder, None), &tokens).await;
    assert_eq!(asked.error(), (400, "use_dpop_nonce".to_owned()));
    let nonce = told(&asked).unwrap();
    for wrong in ["x", &nonce[1..], &format!("{nonce}A")] {
        let refused = refresh(&world, &proof(&world, &holder, Some(wrong)), &tokens).await;
        assert_eq!(refused.error(), (400, "use_dpop_nonce".to_owned()), "{wrong}");
    }
    let answer = refresh(&world, &proof(&world, &holder, Some(&nonce)), &tokens).await;
    assert_eq!((answer.status, told(&answer)), (StatusCode::OK, None));
}

#[tokio::test]
async fn a_new_nonce_is_told_before_the_old_one_ends() {
    let (world, holder) = (world().await, Holder::default());
    let tokens = world.tokens("openid offline_access").await;
    let nonce = told(&refresh(&world, &proof(&world, &holder, None), &tokens).await).unwrap();
    world.app().clock.advance(Duration::from_secs(240));
    let answer = refresh(&world, &proof(&world, &holder, Some(&nonce)), &tokens).await;
    assert_eq!(answer.status, StatusCode::OK);
    let tokens = answer.json();
    let next = told(&answer).unwrap();
    world.app().clock.advance(Duration::from_secs(60));
    let late = refresh(&world, &proof(&world, &holder, Some(&nonce)), &tokens).await;
    assert_eq!(late.error(), (400, "use_dpop_nonce".to_owned()));
    let answer = refresh(&world, &proof(&world, &holder, Some(&next)), &tokens).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn resources_ask_for_nonces_by_a_challenge() {
    let (world, holder) = (world().await, Holder::default());
    let tokens = world.tokens("openid offline_access").await;
    let nonce = told(&refresh(&world, &proof(&world, &holder, None), &tokens).await).unwrap();
    let tokens = refresh(&world, &proof(&world, &holder, Some(&nonce)), &tokens).await.json();
    let (token, now) = (text(&tokens, "access_token"), world.app().clock.now());
    let asked = world.ask("DPoP", token, Some(&holder.proof_with(token, "GET", USERINFO, now))).await;
    assert_eq!(asked.error(), (401, "use_dpop_nonce".to_owned()));
    let challenge = asked.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.starts_with("DPoP ") && challenge.contains(r#"error="use_dpop_nonce""#));
    let exposed = asked.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
    assert!(exposed.contains("dpop-nonce"));
    let mut claims = holder.claims("GET", USERINFO, now);
    let with_token = holder.proof_with(token, "GET", USERINFO, now);
    claims["ath"] = crate::world::claims(&with_token.into())["ath"].clone();
    claims["nonce"] = told(&asked).unwrap().into();
    let proof = holder.sign(&holder.header(), &claims);
    assert_eq!(world.ask("DPoP", token, Some(&proof)).await.status, StatusCode::OK);
}
