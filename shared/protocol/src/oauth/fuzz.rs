//! Fuzzers of what clients send to the OAuth endpoints.

use super::details::{DetailType, Details};
use super::scope::{Registry, Resource, ResourceScope};
use super::{authorization, details, dpop, scope as scopes};
use crate::client::Client;
use crate::clock::Timestamp;
use crate::http::Params;
use serde_json::json;

/// Where the client of these requests lives.
pub(super) const HOME: &str = "https://acme.example/cb";

/// A client that may have everything.
pub(super) fn client() -> Client {
    let mut client = Client::new("acme", Timestamp(1_800_000_000));
    client.redirect_uris = vec![HOME.to_owned()];
    client.scopes = ["openid", "email", "offline_access", "demo.read"].map(str::to_owned).to_vec();
    client.authorization_details_types = vec!["payment".to_owned(), "free".to_owned()];
    client
}

/// An API with a scope and two types of details.
pub(super) fn registry() -> Registry {
    let free = DetailType { name: "free".to_owned(), title: "Anything".to_owned(), schema: json!(true) };
    let schema = json!({
        "required": ["amount"],
        "properties": { "amount": { "pattern": "^[0-9]{1,9}$" }, "actions": { "items": { "enum": ["a", "b"] } } },
    });
    let payment = DetailType { name: "payment".to_owned(), title: "Pay".to_owned(), schema };
    let api = Resource {
        identifier: "urn:demo".to_owned(),
        name: "Demo".to_owned(),
        scopes: vec![ResourceScope { name: "demo.read".to_owned(), title: "Read".to_owned() }],
        authorization_details: vec![free, payment],
    };
    Registry::new("https://id.example", vec![api])
}

/// A request in a form: whatever is in it, the answer goes home, and what is accepted can rest.
pub fn authorization_request(data: &[u8]) {
    if let Ok(params) = Params::parse(data) {
        authorization::fuzz::request(&params);
    }
}

/// A `claims` parameter.
pub fn claims(text: &str) {
    authorization::fuzz::request(&good().with("claims", text));
}

/// A `scope` parameter: what is granted is the client's.
pub fn scope(text: &str) {
    for scope in scopes::parse(text).unwrap_or_default() {
        assert!(scopes::is_token(&scope));
    }
    authorization::fuzz::request(&good().with("scope", text));
}

/// The claims of a request object, its signature aside.
pub fn request_object(text: &str) {
    authorization::fuzz::object(text);
}

/// A DPoP proof.
pub fn dpop_proof(text: &str) {
    dpop::fuzz(text);
}

/// An `authorization_details` parameter: what is taken can be shown, and narrowed to no more than itself.
pub fn authorization_details(text: &str) {
    let registry = registry();
    let Ok(taken) = details::check(&registry, &client(), Some(text)) else { return };
    assert_eq!(taken.words(&registry).len(), taken.iter().count());
    assert!(taken.iter().all(|(name, _)| ["free", "payment"].contains(&name)));
    assert_eq!(taken.narrowed_to(&registry, Some(text)).ok(), Some(taken.clone()));
    let less = Details::default().narrowed_to(&registry, Some(text));
    assert!(less.is_err(), "nothing comes of nothing");
}

/// A good request but for `scope` and `claims`.
fn good() -> Params {
    Params::default()
        .with("client_id", "acme")
        .with("response_type", "code")
        .with("redirect_uri", HOME)
        .with("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        .with("code_challenge_method", "S256")
}
