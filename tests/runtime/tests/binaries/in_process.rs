//! The same event in this process: what API Gateway gets from a binary is what the local host gives.

use http::{HeaderMap, Request, header};
use local::gateway;
use runtime::World;
use serde_json::Value;

/// What differs from answer to answer: only whether it is there is compared.
const FRESH: &[&str] = &["dpop-nonce", "location", "set-cookie", "x-request-id"];

/// Panics unless the binary's `answer` to `event` has the headers that the handler gives in this process.
pub(crate) async fn compare_headers(world: &World, name: &str, (event, answer): (&[u8], &Value)) {
    let event: Value = serde_json::from_slice(event).unwrap();
    let address = event["requestContext"]["http"]["sourceIp"].as_str().unwrap().parse().unwrap();
    let given = gateway::answer(&world.platform, request_of(&event), address).await;
    assert_eq!(passed_on(answer), lines(given.headers()), "{name}");
}

/// The request that API Gateway makes this event of.
fn request_of(event: &Value) -> Request<bytes::Bytes> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (path, query) = (text(&event["rawPath"]), text(&event["rawQueryString"]));
    let mut request = Request::builder()
        .method(text(&event["requestContext"]["http"]["method"]).as_str())
        .uri(if query.is_empty() { path } else { format!("{path}?{query}") });
    for (name, value) in event["headers"].as_object().unwrap() {
        request = request.header(name, text(value));
    }
    for cookie in event["cookies"].as_array().into_iter().flatten() {
        request = request.header(header::COOKIE, text(cookie));
    }
    assert_eq!(event["isBase64Encoded"], false, "a sample is plain text");
    request.body(text(&event["body"]).into()).unwrap()
}

/// The headers of an answer in payload format 2.0: one value for each name, and the cookies apart.
fn passed_on(answer: &Value) -> Vec<(String, String)> {
    let headers = answer["headers"].as_object().unwrap();
    assert_eq!(
        answer["multiValueHeaders"].as_object().map_or(0, serde_json::Map::len),
        0,
        "API Gateway reads none"
    );
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let cookies = answer["cookies"].as_array().into_iter().flatten();
    sorted(headers.chain(cookies.map(|cookie| ("set-cookie", cookie.as_str().unwrap()))))
}

fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    sorted(headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())))
}

fn sorted<'a>(lines: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let value = |name, value: &str| if FRESH.contains(&name) { String::new() } else { value.to_owned() };
    let mut lines: Vec<_> = lines.map(|(name, line)| (name.to_owned(), value(name, line))).collect();
    lines.sort_unstable();
    lines
}
