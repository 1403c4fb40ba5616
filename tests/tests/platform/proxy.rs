//! Behind a proxy: nobody goes around it, and callers are told apart by their own addresses, not its.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use shared::config::{OriginSecret, OriginSecrets, Proxy, ProxyKind};
use tests::{ADA, World};

const SECRET: &str = "a-secret-that-the-proxy-alone-knows";

async fn behind_cloudfront() -> World {
    let mut world = World::start().await;
    let secret = OriginSecret::Known(Arc::new(OriginSecrets::parse(SECRET).unwrap()));
    world.configure(|config| config.proxy = Some(Proxy { kind: ProxyKind::CloudFront, secret }));
    world
}

#[tokio::test]
async fn who_goes_around_the_proxy_is_refused_at_every_endpoint() {
    let world = behind_cloudfront().await;
    for path in
        ["/health", "/.well-known/jwks.json", "/signin?tx=x", "/oauth2/authorize", "/v1/account/profile"]
    {
        let ask = async |secret: Option<&str>| {
            let mut request = Request::get(path).header("cloudfront-viewer-address", "198.51.100.7:4711");
            if let Some(secret) = secret {
                request = request.header("x-origin-verify", secret);
            }
            world.send(request.body(Bytes::new()).unwrap()).await.status()
        };
        assert_eq!(ask(None).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(ask(Some("a-secret-that-the-proxy-alone-knowz")).await, StatusCode::FORBIDDEN, "{path}");
        assert_ne!(ask(Some(SECRET)).await, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn the_audit_log_has_the_callers_address_and_not_the_edges() {
    let world = behind_cloudfront().await;
    let mut ada = world.visitor();
    ada.headers.push(("x-origin-verify".into(), SECRET.into()));
    ada.headers.push(("cloudfront-viewer-address".into(), "198.51.100.7:4711".into()));
    ada.sign_in(ADA).await;
    let rows = world.audited("session.started").await;
    assert_eq!(rows[0]["address"], "198.51.100.7");
}
