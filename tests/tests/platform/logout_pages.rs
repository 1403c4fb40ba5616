//! What the browser does when a customer signs out: frames of the session's clients (Front-Channel Logout 1.0), and the question before.

use http::{Method, StatusCode, header};
use serde_json::json;
use tests::{ADA, Application, View, World};

use crate::logout::sign_in;

#[tokio::test]
async fn the_browser_tells_the_clients_of_the_session_in_frames() {
    let world = World::start().await;
    let metadata = json!({
        "frontchannel_logout_uri": "https://client.example/signed-out?tenant=1",
        "frontchannel_logout_session_required": true,
        "post_logout_redirect_uris": ["https://client.example/bye"],
    });
    let application = Application::register(&world, metadata).await;
    let silent = Application::register(&world, json!({})).await;
    let mut ada = world.visitor();
    let tokens = sign_in(&world, &application, &mut ada).await;
    sign_in(&world, &silent, &mut ada).await;
    let query = [
        ("id_token_hint", tokens.0["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", "https://client.example/bye"),
        ("state", "see you"),
    ];
    let path = format!("/oauth2/logout?{}", serde_urlencoded::to_string(query).unwrap());
    let view = ada.get(&path).await;
    assert_eq!(view.status, StatusCode::OK);
    let policy = view.header(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.ends_with("; frame-src https://client.example"), "{policy}");
    let body = view.body.replace("&#x2f;", "/").replace("&amp;", "&");
    let frames: Vec<&str> = body.split("<iframe hidden src=\"").skip(1).collect();
    assert_eq!(frames.len(), 1, "{body}");
    let address = frames[0].split('"').next().unwrap();
    assert!(address.starts_with("https://client.example/signed-out?tenant=1&"));
    assert_eq!(tests::value_of(address, "iss").unwrap(), world.issuer());
    assert_eq!(tests::value_of(address, "sid").unwrap(), tokens.id_claims()["sid"].as_str().unwrap());
    let onward = "https://client.example/bye?state=see+you";
    assert!(body.contains(&format!("<meta http-equiv=\"refresh\" content=\"2; url={onward}\">")), "{body}");
    assert!(body.contains(&format!("href=\"{onward}\"")), "{body}");
    assert!(!ada.is_signed_in().await);

    sign_in(&world, &application, &mut ada).await;
    let page = ada.get("/account").await;
    let done = ada.submit(&page, "logout", &[]).await;
    assert!(done.body.contains("<iframe") && !done.body.contains("http-equiv"), "{}", done.body);
    sign_in(&world, &silent, &mut ada).await;
    let page = ada.get("/account").await;
    let done = ada.submit(&page, "logout", &[]).await;
    assert!(!done.body.contains("<iframe") && done.status == StatusCode::OK);
    assert!(!done.header(header::CONTENT_SECURITY_POLICY).unwrap().contains("frame-src"));
}

#[tokio::test]
async fn a_question_is_about_the_session_that_it_was_asked_of() {
    let world = World::start().await;
    let mut shared = world.customer(ADA).await;
    let asked = shared.get("/oauth2/logout").await;
    let start = shared.get("/account/profile").await;
    assert!(start.form("profile").is_some());
    let other = Application::register(&world, json!({})).await;
    let start = shared.get(&other.authorize_path(&[("prompt", "select_account")])).await;
    let start = shared.submit(&start, "other-form", &[]).await;
    shared.complete(start, tests::GRACE).await;
    let hinted = shared.get(&format!("/oauth2/logout?logout_hint={ADA}")).await;
    let current = shared.get("/oauth2/logout").await;
    let session = |view: &View| view.form("logout").unwrap().fields["tx"].clone();
    assert_eq!(session(&hinted), session(&asked));
    assert_ne!(session(&current), session(&asked));
    shared.submit(&asked, "logout", &[]).await;
    let ended = world.audited("session.ended").await;
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0]["data"]["session"], session(&asked));
    let again = shared.submit(&asked, "logout", &[]).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(world.audited("session.ended").await.len(), 1, "grace stays signed in");
    let forged =
        shared.request(Method::POST, "/oauth2/logout", &[("confirm", "yes"), ("tx", &session(&current))]);
    assert_eq!(View::of("", world.send(forged).await).status, StatusCode::FORBIDDEN);
}
