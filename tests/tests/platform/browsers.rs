//! The manners of browsers: old engines, foreign cookies, keyboards of other scripts.
#![expect(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde_json::json;
use tests::{ADA, Application, View, World};

/// Sends `request` with these headers in the place of those that it has.
async fn send_with(world: &World, mut request: Request<Bytes>, headers: &[(&'static str, &str)]) -> View {
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let path = request.uri().to_string();
    View::of(&path, world.send(request).await)
}

#[tokio::test]
async fn an_opaque_origin_needs_the_forms_token_and_fetch_metadata_or_none() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let page = visitor.get("/account").await;
    let form = |values: &[(&str, &str)]| visitor.request_of(&page, "identify", values);
    let own = [("identifier", ADA)];
    let forged = [("identifier", ADA), ("csrf", "x")];
    for headers in [
        &[("origin", "null"), ("sec-fetch-site", "cross-site")][..],
        &[("origin", "null"), ("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    ] {
        let view = send_with(&world, form(&own), headers).await;
        assert_eq!(view.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let view = send_with(&world, form(&forged), &[("origin", "null")]).await;
    assert_eq!(view.status, StatusCode::FORBIDDEN, "without the form's token");
    // WebKit before Fetch Metadata, on a page that sends no referrer.
    let view = send_with(&world, form(&own), &[("origin", "null")]).await;
    assert_eq!(view.status, StatusCode::SEE_OTHER, "{}", view.body);
}

#[tokio::test]
async fn a_form_that_posts_itself_says_where_it_comes_from() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[("response_mode", "form_post")])).await;
    assert_eq!(start.header(header::REFERRER_POLICY), Some("no-referrer"));
    let answer = visitor.complete(start, ADA).await;
    assert!(answer.form("response").is_some(), "{}", answer.body);
    let policies: Vec<_> = answer.headers.get_all(header::REFERRER_POLICY).iter().collect();
    assert_eq!(policies, ["origin"]);
}

#[tokio::test]
async fn a_foreign_cookie_that_cannot_be_read_is_passed_over_alone() {
    let world = World::start().await;
    let mut visitor = world.customer(ADA).await;
    let before = visitor.cookies.clone();
    for foreign in ["name=Zoë Ångström", "json={\"a\":[1,2]}; flag", "=; ;;", "bad=%FF%FE\""] {
        let mut request = visitor.request(http::Method::GET, "/account/profile", &[]);
        let own = request.headers()[header::COOKIE].to_str().unwrap();
        let line = format!("{foreign}; {own}; last={foreign}");
        request
            .headers_mut()
            .insert(header::COOKIE, header::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        let page = visitor.follow(request).await;
        assert!(page.form("profile").is_some(), "{foreign}: {} {}", page.status, page.path);
    }
    assert_eq!(visitor.cookies, before);
}

#[tokio::test]
async fn a_code_may_be_typed_on_any_keyboard() {
    let world = World::start().await;
    for (email, zero) in [("wide@example.com", '０'), ("arabic@example.com", '٠')] {
        let mut visitor = world.visitor();
        let page = visitor.begin_sign_up(email).await;
        let digit = |char: char| char::from_u32(u32::from(zero) + char.to_digit(10).unwrap()).unwrap();
        let code: String = world.code_for(email).await.chars().map(digit).collect();
        let done = visitor.submit(&page, "verify", &[("code", &code)]).await;
        assert!(done.form("profile").is_some(), "{code}: {} {}", done.status, done.body);
    }
}
