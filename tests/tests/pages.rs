//! What is served beside the protocols: the pages' assets, with their caching (RFC 9111), and the API's description.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use bytes::Bytes;
use http::{StatusCode, header};
use local::aws::Data;
use local::platform::{Platform, Start};
use serde_json::Value;
use shared::clock::{Clock, Timestamp};
use shared::http::Request;
use shared::page;
use shared::rng::Rng;

fn platform() -> Platform {
    Platform::start(Start {
        template: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml"),
        data: Data::Temporary,
        issuer: "http://localhost:3000",
        clock: Clock::stopped(Timestamp(1_800_000_000)),
        rng: Rng::seeded(7),
    })
    .unwrap()
}

/// Asks a function for `path`, whose last segment is the route's variable, with the entity tag that the caller has.
async fn get(
    platform: &Platform,
    function: &str,
    (path, known): (&str, Option<&str>),
) -> http::Response<Bytes> {
    let mut request = http::Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let file = path.rsplit('/').next().unwrap().to_owned();
    let params = HashMap::from([("file".to_owned(), file)]);
    let caller = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let request = Request::new(&platform.app, request.body(Bytes::new()).unwrap(), caller, params);
    functions::find(function).unwrap().answer(&platform.app, request).await.into_http()
}

fn header_of(response: &http::Response<Bytes>, name: header::HeaderName) -> &str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn an_asset_under_its_fingerprint_may_be_kept_for_ever() {
    let platform = platform();
    let path = page::asset_path("latchkey.css").unwrap();
    let first = get(&platform, "pages-assets", (&path, None)).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header_of(&first, header::CONTENT_TYPE), "text/css; charset=utf-8");
    assert!(header_of(&first, header::CACHE_CONTROL).contains("immutable"));
    let plain = get(&platform, "pages-assets", ("/assets/latchkey.css", None)).await;
    assert_eq!(plain.body(), first.body());
    assert_eq!(header_of(&plain, header::CACHE_CONTROL), "public, no-cache");
}

#[tokio::test]
async fn who_has_an_asset_is_not_sent_it_again() {
    let platform = platform();
    let first = get(&platform, "pages-assets", ("/assets/latchkey.css", None)).await;
    let tag = header_of(&first, header::ETAG);
    let again = get(&platform, "pages-assets", ("/assets/latchkey.css", Some(tag))).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.body().is_empty());
    assert_eq!(header_of(&again, header::ETAG), tag);
    let stale = get(&platform, "pages-assets", ("/assets/latchkey.css", Some("\"0\""))).await;
    assert_eq!(stale.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_asset_is_not_found() {
    let platform = platform();
    for path in ["/assets/nothing.css", "/assets/..%2f..%2ftemplate.yaml", "/assets/latchkey..css"] {
        assert_eq!(
            get(&platform, "pages-assets", (path, None)).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_description_names_this_deployment() {
    let platform = platform();
    let response = get(&platform, "pages-openapi", ("/openapi.json", None)).await;
    let description: Value = serde_json::from_slice(response.body()).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(description["servers"][0]["url"], "http://localhost:3000");
    let scheme = &description["components"]["securitySchemes"]["account"];
    assert_eq!(scheme["openIdConnectUrl"], "http://localhost:3000/.well-known/openid-configuration");
    let tag = header_of(&response, header::ETAG);
    let again = get(&platform, "pages-openapi", ("/openapi.json", Some(tag))).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(platform.stack.calls().snapshot().keys().all(|call| !call.starts_with("dynamodb.Get")));
}
