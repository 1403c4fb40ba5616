//! Signing out at a client's wish.

use http::{StatusCode, header};

use crate::world::{Answer, SHOP, SHOP_HOME, World, text};

fn body(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    set.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with(name)).map(str::to_owned)
}

/// The value of a hidden field.
fn field(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\"")).unwrap();
    let value = &page[page[from..].find("value=\"").unwrap() + from + 7..];
    value[..value.find('"').unwrap()].to_owned()
}

/// Where the page goes on to when the shop has been told in its frame.
fn onward(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK);
    let (page, marker) = (body(answer), "<meta http-equiv=\"refresh\" content=\"2; url=");
    let address = page.split(marker).nth(1).unwrap().split('"').next().unwrap();
    address.replace("&#x2f;", "/").replace("&amp;", "&")
}

#[tokio::test]
async fn a_hint_of_the_session_signs_out_at_once() {
    let world = World::new().await;
    let bound = world.tokens("openid").await;
    let offline = world.tokens("openid offline_access").await;
    let query = [
        ("id_token_hint", text(&bound, "id_token")),
        ("post_logout_redirect_uri", SHOP_HOME),
        ("state", "a b"),
    ];
    let answer = world.visit("/oauth2/logout", &query).await;
    assert_eq!(onward(&answer), format!("{SHOP_HOME}?state=a+b"));
    assert_eq!(cookie(&answer, "lk_session"), Some("lk_session=".to_owned()));
    assert!(!world.is_live(&bound).await);
    assert!(world.is_live(&offline).await);
    let again = world.visit("/oauth2/authorize", &World::request("openid")).await;
    assert!(again.location().contains("/signin"));
}

#[tokio::test]
async fn without_a_hint_the_customer_is_asked() {
    let world = World::new().await;
    let tokens = world.tokens("openid").await;
    let query = [("client_id", SHOP), ("post_logout_redirect_uri", SHOP_HOME), ("state", "s")];
    let asked = world.visit("/oauth2/logout", &query).await;
    assert_eq!((asked.status, asked.location()), (StatusCode::OK, ""));
    assert!(world.is_live(&tokens).await);
    let (page, browser) = (body(&asked), cookie(&asked, "lk_browser").unwrap());
    let (csrf, tx) = (field(&page, "csrf"), field(&page, "tx"));
    let confirm = |csrf: String| {
        let form = [
            ("tx", tx.as_str()),
            ("client_id", SHOP),
            ("post_logout_redirect_uri", SHOP_HOME),
            ("state", "s"),
            ("confirm", "yes"),
            ("csrf", csrf.as_str()),
        ];
        let body = serde_urlencoded::to_string(form).unwrap();
        let request = http::Request::post("/oauth2/logout")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("{}; {browser}", world.cookies));
        world.send(request, body)
    };
    assert_eq!(confirm("forged".to_owned()).await.status, StatusCode::FORBIDDEN);
    assert!(world.is_live(&tokens).await);
    assert_eq!(onward(&confirm(csrf).await), format!("{SHOP_HOME}?state=s"));
    assert!(!world.is_live(&tokens).await);
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = World::new().await;
    let tokens = world.tokens("openid").await;
    let hint = ("id_token_hint", text(&tokens, "id_token"));
    for query in [
        vec![hint, ("post_logout_redirect_uri", "https://evil.example")],
        vec![("client_id", SHOP), ("post_logout_redirect_uri", "https://evil.example")],
        vec![("post_logout_redirect_uri", SHOP_HOME)],
        vec![("client_id", "nobody"), ("post_logout_redirect_uri", SHOP_HOME)],
        vec![hint, ("client_id", "demo-travel")],
        vec![("id_token_hint", "a.b.c"), ("client_id", SHOP), ("post_logout_redirect_uri", SHOP_HOME)],
    ] {
        let answer = world.visit("/oauth2/logout", &query).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""), "{query:?}");
    }
    assert!(world.is_live(&tokens).await);
}

#[tokio::test]
async fn who_is_signed_out_already_is_told_so() {
    let world = World::new().await;
    let request = http::Request::get(format!("/oauth2/logout?client_id={SHOP}"));
    let answer = world.send(request, String::new()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(body(&answer).contains("You are signed out"));
}

/// Anybody can make the address: our name must not be on a link that leads elsewhere by itself.
#[tokio::test]
async fn without_a_session_and_a_hint_the_browser_stays_with_us() {
    let mut world = World::new().await;
    let tokens = world.tokens("openid").await;
    world.cookies = String::new();
    let query = [("client_id", SHOP), ("post_logout_redirect_uri", SHOP_HOME), ("state", "s")];
    let answer = world.visit("/oauth2/logout", &query).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::OK, ""));
    let page = body(&answer);
    assert!(!page.contains("http-equiv=\"refresh\"") && page.contains("id=\"continue\""), "{page}");
    let query = [("id_token_hint", text(&tokens, "id_token")), ("post_logout_redirect_uri", SHOP_HOME)];
    assert_eq!(world.visit("/oauth2/logout", &query).await.location(), SHOP_HOME);
}
