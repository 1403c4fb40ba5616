//! What the rules of documents promise.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{age, check};
use crate::client::is_document_id;
use crate::fetch::{Fetched, Reach};

const ID: &str = "https://app.example/client.json";

fn fetched(document: &Value) -> Fetched {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Fetched { status: StatusCode::OK, headers, body: Bytes::from(document.to_string()) }
}

fn document() -> Value {
    json!({ "client_id": ID, "client_name": "App", "redirect_uris": ["https://app.example/cb"] })
}

#[test]
fn an_id_is_an_address_in_its_one_spelling() {
    for good in [ID, "https://app.example:8443/x", "https://app.example/", "https://app.example/x?y=z"] {
        assert!(is_document_id(good, Reach::Public), "{good}");
    }
    for bad in [
        "http://app.example/x",
        "https://app.example",
        "https://APP.example/x",
        "https://app.example:443/x",
        "https://app.example/x/../y",
        "https://app.example/./x",
        "https://app.example/%2e%2e/x",
        "https://app.example/x#y",
        "https://user@app.example/x",
        "https://127.0.0.1/x",
        "http://localhost/x",
        "app.example/x",
        "javascript://app.example/x",
    ] {
        assert!(!is_document_id(bad, Reach::Public), "{bad}");
    }
    assert!(is_document_id("http://localhost:3000/x", Reach::PublicAndLocal));
    assert!(!is_document_id(&format!("https://app.example/{}", "x".repeat(512)), Reach::Public));
}

#[test]
fn a_document_is_about_itself_and_has_no_secrets() {
    let with = |name: &str, value: Value| {
        let mut document = document();
        document[name] = value;
        check::metadata(ID, &fetched(&document))
    };
    let good = with("client_uri", json!("https://app.example")).unwrap();
    assert_eq!(good.token_endpoint_auth_method.as_deref(), Some("none"));
    assert_eq!(good.application_type, None);
    let native = with("redirect_uris", json!(["http://127.0.0.1/cb"])).unwrap();
    assert_eq!(native.application_type.as_deref(), Some("native"));
    let fewer = with("grant_types", json!(["authorization_code", "client_credentials"])).unwrap();
    assert_eq!(fewer.grant_types, Some(vec!["authorization_code".to_owned()]));
    for (name, value) in [
        ("grant_types", json!(["client_credentials"])),
        ("grant_types", json!([])),
        ("client_id", json!("https://app.example/other.json")),
        ("client_id", json!("https://app.example:443/client.json")),
        ("client_id", Value::Null),
        ("client_secret", json!("s")),
        ("client_secret_expires_at", json!(0)),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("redirect_uris", json!("https://app.example/cb")),
    ] {
        assert!(with(name, value.clone()).is_err(), "{name} {value}");
    }
    let mut page = fetched(&document());
    page.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    assert!(check::metadata(ID, &page).is_err());
    let accepted = Fetched { status: StatusCode::ACCEPTED, ..fetched(&document()) };
    assert!(check::metadata(ID, &accepted).is_err());
    assert!(check::metadata(ID, &fetched(&json!([document()]))).is_err());
}

#[test]
fn a_document_is_kept_as_its_owner_says_within_bounds() {
    let lifetime = |text: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(text));
        age::lifetime(&headers).as_secs()
    };
    assert_eq!(age::lifetime(&HeaderMap::new()), Duration::from_secs(3600));
    for (text, seconds) in [
        ("max-age=7200", 7200),
        ("public, Max-Age=\"7200\"", 7200),
        ("max-age=0", 300),
        ("max-age=99999999", 86_400),
        ("max-age=99999999999999999999999", 300),
        ("max-age=x", 300),
        ("no-store", 300),
        ("max-age=7200, no-cache", 300),
        ("public", 3600),
    ] {
        assert_eq!(lifetime(text), seconds, "{text}");
    }
}

proptest! {
    #[test]
    fn hostile_documents_never_panic(text in any::<String>(), id in any::<String>()) {
        let mut document = fetched(&json!({ "client_id": id, "redirect_uris": [text], "jwks": text }));
        let _ = check::metadata(&id, &document);
        document.body = Bytes::from(text);
        let _ = check::metadata(&id, &document);
        let _ = is_document_id(&id, Reach::PublicAndLocal);
    }
}
