//! What is bound to a key that was proven once (DPoP, RFC 9449 §5, §10): refresh tokens of public clients, and codes.

use http::{StatusCode, header};
use shared::client::AuthMethod;
use tests::Holder;

use crate::dpop::{invalid_grant, invalid_proof, world};
use crate::world::{NOW, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

#[tokio::test]
async fn the_refresh_tokens_of_a_public_client_are_bound() {
    let (world, holder, thief) = (world().await, Holder::default(), Holder::default());
    let first = world.bound_tokens(&holder).await;
    assert_eq!(world.refresh_with(&[], &first).await.error(), invalid_proof());
    assert_eq!(world.refresh_with(&[&world.proof(&thief)], &first).await.error(), invalid_grant());
    let second = world.refresh_with(&[&world.proof(&holder)], &first).await.json();
    assert_eq!(second["token_type"], "DPoP");
    // The retry of a lost answer is bound as well.
    assert_eq!(world.refresh_with(&[&world.proof(&thief)], &first).await.error(), invalid_grant());
    let again = world.refresh_with(&[&world.proof(&holder)], &first).await.json();
    assert_eq!(second["refresh_token"], again["refresh_token"]);
}

#[tokio::test]
async fn a_family_is_bound_from_its_first_proof_on() {
    let (world, holder) = (world().await, Holder::default());
    let first = world.tokens("openid offline_access").await;
    let second = world.refresh_with(&[&world.proof(&holder)], &first).await.json();
    assert_eq!(second["token_type"], "DPoP");
    assert_eq!(world.refresh_with(&[], &second).await.error(), invalid_proof());
    assert_eq!(world.refresh_with(&[&world.proof(&holder)], &second).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_confidential_client_binds_each_access_token_anew() {
    let (world, one, two) = (world().await, Holder::default(), Holder::default());
    let first = world.bound_tokens(&one).await;
    // It was public, and its family stays bound.
    world.change(SHOP, |client| client.auth_method = AuthMethod::ClientSecretPost).await;
    let mut stored = shared::client::load(world.app(), SHOP).await.unwrap().unwrap();
    let secret = stored.add_secret(world.app()).await.unwrap();
    let writes = shared::client::replace_writes(world.app(), &mut stored, &shared::hook::Cause::system());
    shared::client::save(world.app(), SHOP, writes).await.unwrap();
    let token = async |holder: &Holder, form: &[(&str, &str)]| {
        let mut form = form.to_vec();
        form.extend([("client_id", SHOP), ("client_secret", secret.expose().as_str())]);
        world.token_with(&[&world.proof(holder)], &form).await
    };
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token"))];
    assert_eq!(token(&two, &refresh).await.error(), invalid_grant());

    let code = world.code("openid offline_access").await;
    let code = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", SHOP_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = token(&one, &code).await.json();
    assert_eq!(claims(&tokens["access_token"])["cnf"]["jkt"], one.jkt());
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let tokens = token(&two, &refresh).await.json();
    assert_eq!(claims(&tokens["access_token"])["cnf"]["jkt"], two.jkt());
}

#[tokio::test]
async fn a_code_is_bound_to_the_key_that_its_request_names() {
    let (world, holder, thief) = (world().await, Holder::default(), Holder::default());
    let jkt = holder.jkt();
    let mut request = World::request("openid");
    request.push(("dpop_jkt", &jkt));
    let code = world.visit("/oauth2/authorize", &request).await.params()["code"].clone();
    assert_eq!(world.redeem_with(&[], &code).await.error(), invalid_grant());
    assert_eq!(world.redeem_with(&[&world.proof(&thief)], &code).await.error(), invalid_grant());
    assert_eq!(world.redeem_with(&[&world.proof(&holder)], &code).await.status, StatusCode::OK);
    request.retain(|(name, _)| *name != "dpop_jkt");
    request.push(("dpop_jkt", "short"));
    let refused = world.visit("/oauth2/authorize", &request).await;
    assert_eq!(refused.params()["error"], "invalid_request");
}

#[tokio::test]
async fn a_request_pushed_with_a_proof_binds_its_code() {
    let (world, holder, thief) = (world().await, Holder::default(), Holder::default());
    let push = async |proof: &str, jkt: Option<&str>| {
        let mut form = World::request("openid");
        form.extend(jkt.map(|jkt| ("dpop_jkt", jkt)));
        let media_type = "application/x-www-form-urlencoded";
        let request =
            http::Request::post("/oauth2/par").header(header::CONTENT_TYPE, media_type).header("dpop", proof);
        world.send(request, serde_urlencoded::to_string(form).unwrap()).await
    };
    let proof = |holder: &Holder| holder.proof("POST", "http://localhost:3000/oauth2/par", NOW);
    assert_eq!(
        push(&world.proof(&holder), None).await.error(),
        invalid_proof(),
        "it is for another endpoint"
    );
    assert_eq!(push(&proof(&holder), Some(&thief.jkt())).await.error(), invalid_proof());
    assert_eq!(push(&proof(&holder), Some(&holder.jkt())).await.status, StatusCode::CREATED);
    let once = proof(&holder);
    let pushed = push(&once, None).await.json();
    assert_eq!(push(&once, None).await.error(), invalid_proof());
    let reference = [("client_id", SHOP), ("request_uri", text(&pushed, "request_uri"))];
    let code = world.visit("/oauth2/authorize", &reference).await.params()["code"].clone();
    assert_eq!(world.redeem_with(&[&world.proof(&thief)], &code).await.error(), invalid_grant());
    assert_eq!(world.redeem_with(&[&world.proof(&holder)], &code).await.status, StatusCode::OK);
}
