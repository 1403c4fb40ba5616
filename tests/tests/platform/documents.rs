//! What is served beside the protocols: the pages' assets, with their caching (RFC 9111), and the API's description.

#![expect(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::Value;
use shared::page;
use tests::World;

/// Asks for `path`, with the entity tag that the caller has.
async fn get(world: &World, path: &str, known: Option<&str>) -> http::Response<Bytes> {
    let mut request = http::Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    world.send(request.body(Bytes::new()).unwrap()).await
}

fn header_of(response: &http::Response<Bytes>, name: header::HeaderName) -> &str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn an_asset_under_its_fingerprint_may_be_kept_for_ever() {
    let world = World::bare();
    let path = page::asset_path("latchkey.css").unwrap();
    let first = get(&world, &path, None).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header_of(&first, header::CONTENT_TYPE), "text/css; charset=utf-8");
    assert!(header_of(&first, header::CACHE_CONTROL).contains("immutable"));
    let plain = get(&world, "/assets/latchkey.css", None).await;
    assert_eq!(plain.body(), first.body());
    assert_eq!(header_of(&plain, header::CACHE_CONTROL), "public, no-cache");
}

#[tokio::test]
async fn who_has_an_asset_is_not_sent_it_again() {
    let world = World::bare();
    let first = get(&world, "/assets/latchkey.css", None).await;
    let tag = header_of(&first, header::ETAG);
    let again = get(&world, "/assets/latchkey.css", Some(tag)).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.body().is_empty());
    assert_eq!(header_of(&again, header::ETAG), tag);
    let stale = get(&world, "/assets/latchkey.css", Some("\"0\"")).await;
    assert_eq!(stale.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_asset_is_not_found() {
    let world = World::bare();
    for path in ["/assets/nothing.css", "/assets/..%2f..%2ftemplate.yaml", "/assets/latchkey..css"] {
        assert_eq!(get(&world, path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_description_names_this_deployment() {
    let world = World::bare();
    let response = get(&world, "/openapi.json", None).await;
    let description: Value = serde_json::from_slice(response.body()).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(description["servers"][0]["url"], "http://localhost:3000");
    let scheme = &description["components"]["securitySchemes"]["account"];
    assert_eq!(scheme["openIdConnectUrl"], "http://localhost:3000/.well-known/openid-configuration");
    let tag = header_of(&response, header::ETAG);
    let again = get(&world, "/openapi.json", Some(tag)).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(world.stack().calls().snapshot().keys().all(|call| !call.starts_with("dynamodb.Get")));
}

#[tokio::test]
async fn metadata_is_for_scripts_of_any_origin_with_any_header() {
    let world = World::start().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/openapi.json",
    ] {
        let preflight = http::Request::options(path)
            .header(header::ORIGIN, "https://spa.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "cache-control,mcp-protocol-version");
        let answer = world.send(preflight.body(Bytes::new()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(header_of(&answer, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        assert_eq!(
            header_of(&answer, header::ACCESS_CONTROL_ALLOW_HEADERS),
            "cache-control,mcp-protocol-version"
        );
        let document = get(&world, path, None).await;
        assert_eq!(header_of(&document, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
    }
}
