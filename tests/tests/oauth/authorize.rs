//! The authorization endpoint: what goes to the client, and what only to the person.

use http::{StatusCode, header};
use serde_json::json;

use crate::world::{ISSUER, SHOP_CALLBACK, World};

#[tokio::test]
async fn a_good_session_gives_a_code_at_once() {
    let world = World::new().await;
    let answer = world.visit("/oauth2/authorize", &World::request("openid")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with(&format!("{SHOP_CALLBACK}?code=lk_ac_")));
    let params = answer.params();
    assert_eq!((params["state"].as_str(), params["iss"].as_str()), ("xyz", ISSUER));
}

/// Who asks for JSON reads no page that posts itself.
#[tokio::test]
async fn a_form_is_told_as_data_to_who_asks_for_data() {
    let world = World::new().await;
    let mut request = World::request("openid");
    request.push(("response_mode", "form_post"));
    let uri = format!("/oauth2/authorize?{}", serde_urlencoded::to_string(&request).unwrap());
    let asked = http::Request::get(uri)
        .header(header::COOKIE, &world.cookies)
        .header(header::ACCEPT, "application/json");
    let told = world.send(asked, String::new()).await.json();
    assert_eq!((&told["action"], &told["fields"]["state"]), (&json!(SHOP_CALLBACK), &json!("xyz")));
    assert!(told["fields"]["code"].as_str().unwrap().starts_with("lk_ac_"), "{told}");
}

#[tokio::test]
async fn who_is_unknown_or_elsewhere_is_told_on_a_page() {
    let world = World::new().await;
    for (name, value) in [
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/cb"),
        ("redirect_uri", "http://localhost:3000/_local/demo/demo-shop/callback/"),
        ("redirect_uri", ""),
    ] {
        let mut request = World::request("openid");
        request.retain(|(known, _)| *known != name);
        request.push((name, value));
        let answer = world.visit("/oauth2/authorize", &request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert_eq!(answer.location(), "");
        assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        let missing = value.is_empty() && name == "client_id";
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        assert_eq!(body.contains("`client_id` is missing"), missing, "{body}");
    }
}

#[tokio::test]
async fn what_else_is_wrong_is_told_to_the_client() {
    let world = World::new().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("request", "x", "invalid_request_object"),
        ("id_token_hint", "a.b.c", "invalid_request"),
        ("prompt", "none consent", "invalid_request"),
    ] {
        let mut request = World::request("openid");
        request.retain(|(known, _)| *known != name);
        request.push((name, value));
        let answer = world.visit("/oauth2/authorize", &request).await;
        let location = answer.location().replace('#', "?");
        assert!(location.starts_with(&format!("{SHOP_CALLBACK}?error={error}&")), "{location}");
        assert!(location.contains("state=xyz") && location.contains("iss=http"));
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_told_on_a_page() {
    let world = World::new().await;
    let mut request = World::request("openid");
    request.push(("state", "again"));
    let answer = world.visit("/oauth2/authorize", &request).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""));
}

#[tokio::test]
async fn a_form_of_another_site_is_repeated_with_get() {
    let world = World::new().await;
    let form = serde_urlencoded::to_string(World::request("openid")).unwrap();
    let post = || {
        http::Request::post("/oauth2/authorize")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    };
    let foreign = world.send(post().header("sec-fetch-site", "cross-site"), form.clone()).await;
    assert!(foreign.location().starts_with("/oauth2/authorize?response_type=code&"));
    let own = world.send(post().header(header::COOKIE, &world.cookies), form).await;
    assert!(own.location().starts_with(SHOP_CALLBACK));
}

#[tokio::test]
async fn form_post_posts_itself_to_the_client() {
    let world = World::new().await;
    let mut request = World::request("openid");
    request.push(("response_mode", "form_post"));
    let answer = world.visit("/oauth2/authorize", &request).await;
    let body = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(body.contains("name=\"code\"") && body.contains("name=\"iss\"") && body.contains("lk_ac_"));
}
