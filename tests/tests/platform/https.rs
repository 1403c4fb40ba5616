//! Behind TLS: cookies that only this host can set, and browsers that never come back without it.

use http::header;
use tests::{ADA, World};

#[tokio::test]
async fn cookies_bear_the_host_prefix() {
    let world = World::at("https://id.example.com").await;
    let mut visitor = world.visitor();
    let page = visitor.get("/account").await;
    visitor.complete(page, ADA).await;
    let names: Vec<_> = visitor.cookies.keys().cloned().collect();
    assert!(names.iter().any(|name| name == "__Host-lk_session"), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("__Host-")), "{names:?}");
}

#[tokio::test]
async fn every_cookie_is_secure_and_bound_to_the_host() {
    let world = World::at("https://id.example.com").await;
    let answer = world.visitor().get("/signin").await;
    let begun = world.send(world.visitor().request(http::Method::GET, "/account", &[])).await;
    let lines: Vec<_> = begun.headers().get_all(header::SET_COOKIE).iter().collect();
    assert!(!lines.is_empty(), "{}", answer.status);
    for line in lines {
        let line = line.to_str().unwrap();
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(line.contains(attribute), "{attribute} in {line}");
        }
        assert!(!line.contains("Domain="), "{line}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_stay_on_tls() {
    let world = World::at("https://id.example.com").await;
    for path in ["/health", "/account", "/.well-known/openid-configuration", "/no-such-page"] {
        let page = world.visitor().get(path).await;
        let policy = page.header(header::STRICT_TRANSPORT_SECURITY).unwrap_or_default();
        assert!(policy.starts_with("max-age=63072000"), "{path}: {policy}");
    }
    let plain = World::start().await;
    assert_eq!(plain.visitor().get("/health").await.header(header::STRICT_TRANSPORT_SECURITY), None);
}

#[tokio::test]
async fn metadata_names_the_issuer_alone() {
    let world = World::at("https://id.example.com").await;
    let metadata = world.visitor().get("/.well-known/openid-configuration").await.json();
    for (name, value) in metadata.as_object().unwrap() {
        if name == "issuer" || name.ends_with("_endpoint") || name == "jwks_uri" {
            assert!(value.as_str().unwrap().starts_with("https://id.example.com"), "{name}: {value}");
        }
    }
}
