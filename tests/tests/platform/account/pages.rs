//! The pages: what they say, what they keep, and whose forms they take.

use http::StatusCode;
use tests::{ADA, GRACE, PASSWORD, World};

use super::NEW;

#[tokio::test]
async fn a_page_says_once_what_was_done() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    let page = ada.get("/account").await;
    let saved = ada.submit(&page, "profile", &[("nickname", "Countess")]).await;
    assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, "/account/profile"));
    assert!(saved.body.contains("id=\"notice\""), "{}", saved.body);
    assert_eq!(saved.form("profile").unwrap().fields["nickname"], "Countess");
    assert!(!ada.get("/account/profile").await.body.contains("id=\"notice\""));
}

#[tokio::test]
async fn a_page_keeps_what_was_typed_wrong() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    let page = ada.get("/account/profile").await;
    let typed = [("birthdate", "in spring"), ("nickname", "Countess")];
    let wrong = ada.submit(&page, "profile", &typed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let fields = wrong.form("profile").unwrap().fields;
    assert_eq!((fields["birthdate"].as_str(), fields["nickname"].as_str()), ("in spring", "Countess"));
    assert!(wrong.body.contains("birthdate-error"));
    let page = ada.get("/account/password").await;
    let typed = [("current_password", "wrong"), ("new_password", NEW)];
    let wrong = ada.submit(&page, "password", &typed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("current_password-error") && !wrong.body.contains(NEW));
}

#[tokio::test]
async fn a_form_without_its_token_is_refused() {
    let world = World::start().await;
    let mut ada = world.customer(ADA).await;
    for (path, fields) in [
        ("/account/profile", vec![("nickname", "Mallory")]),
        ("/account/password", vec![("current_password", PASSWORD), ("new_password", NEW)]),
        ("/account/sessions", vec![("action", "end_others")]),
        ("/account/grants", vec![("action", "revoke"), ("grant", "x")]),
    ] {
        let tx = ada.get(path).await.form("logout").unwrap().fields["tx"].clone();
        for token in [None, Some("wrong")] {
            let mut fields = fields.clone();
            fields.push(("tx", &tx));
            fields.extend(token.map(|token| ("csrf", token)));
            let view = ada.post(path, &fields).await;
            assert_eq!(view.status, StatusCode::FORBIDDEN, "{path} {token:?}");
        }
    }
    assert!(world.events("password.changed").await.is_empty());
    assert!(world.events("user.updated").await.is_empty());
}

#[tokio::test]
async fn a_form_of_one_account_does_not_change_another() {
    let world = World::start().await;
    let mut browser = world.customer(ADA).await;
    let of_ada = browser.get("/account/profile").await;
    // Grace signs in on the same browser, and is the current one from then on.
    let both = [&world.customer(GRACE).await.cookies["lk_session"], &browser.cookies["lk_session"]];
    let both = both.map(String::as_str).join(".");
    browser.cookies.insert("lk_session".into(), both);
    assert!(browser.get("/account").await.body.contains(GRACE));
    let view = browser.submit(&of_ada, "profile", &[("nickname", "mixed up")]).await;
    assert_eq!(view.status, StatusCode::FORBIDDEN);
    assert!(world.events("user.updated").await.is_empty());
}
