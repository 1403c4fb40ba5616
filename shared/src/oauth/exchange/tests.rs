//! What the token endpoint promises, as far as it needs no store.

use super::narrow::{Narrowed, narrow};
use super::*;
use crate::http::Params;
use crate::oauth::scope::{Registry, Resource, ResourceScope};

const ISSUER: &str = "https://id.example";
const DEMO: &str = "urn:latchkey:demo";

fn registry() -> Registry {
    let scope = |name: &str| ResourceScope { name: name.to_owned(), title: String::new() };
    let scopes = vec![scope("demo.read"), scope("demo.write")];
    Registry::new(ISSUER, vec![Resource { identifier: DEMO.to_owned(), name: "Demo".to_owned(), scopes }])
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn narrowed(scopes: &[&str], resources: &[&str], asked: &[(&str, &str)]) -> Result<Narrowed, OAuthError> {
    let params = asked.iter().fold(Params::default(), |params, (name, value)| params.with(*name, *value));
    narrow(&registry(), (&texts(scopes), &texts(resources)), &params)
}

#[test]
fn nothing_asked_is_all_that_was_granted() {
    let all = narrowed(&["openid", "demo.read"], &[], &[]).unwrap();
    assert_eq!((all.scopes, all.audience), (texts(&["openid", "demo.read"]), texts(&[ISSUER, DEMO])));
}

#[test]
fn a_token_can_be_narrowed_and_never_widened() {
    let less = narrowed(&["openid", "demo.read"], &[], &[("scope", "demo.read")]).unwrap();
    assert_eq!((less.scopes, less.audience), (texts(&["demo.read"]), texts(&[DEMO])));
    for more in ["demo.write", "demo.read demo.write", "\"", " "] {
        let widened = narrowed(&["openid", "demo.read"], &[], &[("scope", more)]);
        assert!(matches!(widened, Err(OAuthError::InvalidScope(_))), "{more}");
    }
}

#[test]
fn a_resource_takes_its_own_scopes_alone() {
    let demo = narrowed(&["openid", "demo.read"], &[], &[("resource", DEMO)]).unwrap();
    assert_eq!((demo.scopes, demo.audience), (texts(&["demo.read"]), texts(&[DEMO])));
    assert_eq!(demo.asked, texts(&["openid", "demo.read"]));
    let granted = narrowed(&["openid", "demo.read"], &[DEMO], &[]).unwrap();
    assert_eq!(granted.audience, texts(&[DEMO]));
    let refused = narrowed(&["openid", "demo.read"], &[DEMO], &[("resource", ISSUER)]);
    assert!(matches!(refused, Err(OAuthError::InvalidTarget(_))));
    let unknown = narrowed(&["openid"], &[], &[("resource", "urn:other")]);
    assert!(matches!(unknown, Err(OAuthError::InvalidTarget(_))));
}
