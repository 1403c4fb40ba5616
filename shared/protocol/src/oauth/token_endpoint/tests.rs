//! What the token endpoint promises, as far as it needs no store.

use super::narrow::{Granted, Narrowed, narrow};
use super::targets::{Targets, choose};
use super::*;
use crate::client::{ExchangeKind, ExchangePolicy};
use crate::clock::Timestamp;
use crate::http::Params;
use crate::oauth::details::Details;
use crate::oauth::scope::{Registry, Resource, ResourceScope};
use crate::oauth::tokens::{AccessClaims, ActingParty};

const ISSUER: &str = "https://id.example";
const DEMO: &str = "urn:latchkey:demo";

fn registry() -> Registry {
    let scope = |name: &str| ResourceScope { name: name.to_owned(), title: String::new() };
    let scopes = vec![scope("demo.read"), scope("demo.write")];
    Registry::new(
        ISSUER,
        vec![Resource {
            identifier: DEMO.to_owned(),
            name: "Demo".to_owned(),
            scopes,
            authorization_details: Vec::new(),
        }],
    )
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn narrowed(scopes: &[&str], resources: &[&str], asked: &[(&str, &str)]) -> Result<Narrowed, OAuthError> {
    let params = asked.iter().fold(Params::default(), |params, (name, value)| params.with(*name, *value));
    let (scopes, resources, details) = (texts(scopes), texts(resources), Details::default());
    let granted = Granted { scopes: &scopes, resources: &resources, details: &details };
    narrow(&registry(), granted, &params)
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

fn policy() -> ExchangePolicy {
    ExchangePolicy {
        subject_clients: texts(&["gateway"]),
        subject_audiences: texts(&[DEMO]),
        audiences: texts(&[DEMO]),
        scopes: texts(&["demo.read", "openid", "offline_access"]),
        kind: ExchangeKind::Delegation,
    }
}

fn targets(scope: &str, asked: &[(&str, &str)]) -> Result<Targets, OAuthError> {
    let subject: AccessClaims = serde_json::from_value(serde_json::json!({
        "iss": ISSUER, "sub": "usr", "aud": [ISSUER, DEMO], "exp": 2, "iat": 1,
        "jti": crate::id::TokenId::from_bytes([7; 16]), "client_id": "gateway", "scope": scope,
    }))
    .unwrap();
    let params = asked.iter().fold(Params::default(), |params, (name, value)| params.with(*name, *value));
    choose(&registry(), (&Client::new("acme", Timestamp(1)), &policy()), &subject, &params)
}

#[test]
fn a_policy_is_about_tokens_of_its_clients_for_its_apis() {
    let takes = |client, audience: &[&str]| policy().takes(client, audience.iter().copied());
    assert!(takes("gateway", &[ISSUER, DEMO]));
    assert!(!takes("gateway", &[ISSUER]) && !takes("gateway", &[]) && !takes("shop", &[DEMO]));
}

#[test]
fn an_exchange_leaves_what_token_policy_and_api_have_in_common() {
    let all = targets("openid demo.read demo.write offline_access", &[]).unwrap();
    assert_eq!((all.audience, all.scopes), (texts(&[DEMO]), texts(&["demo.read"])));
    assert!(matches!(targets("openid", &[]), Err(OAuthError::InvalidTarget(_))));
    assert!(matches!(targets("", &[]), Err(OAuthError::InvalidTarget(_))));
    for more in ["demo.write", "offline_access", "demo.read demo.write"] {
        let wider = targets("demo.read demo.write offline_access", &[("scope", more)]);
        assert!(matches!(wider, Err(OAuthError::InvalidScope(_))), "{more}");
    }
}

#[test]
fn parties_are_counted_to_the_first() {
    let mut party = ActingParty::client("a");
    assert_eq!(party.depth(), 1);
    party.act = Some(Box::new(ActingParty::client("b")));
    assert_eq!(party.depth(), 2);
}

#[test]
fn an_exchange_gives_nothing_for_an_api_that_it_allows_nothing_at() {
    let mut policy = policy();
    policy.audiences.push(ISSUER.to_owned());
    policy.scopes.extend(texts(&["openid", "account"]));
    let chosen = |client: &Client, scope: &str, api: &str| {
        let subject: AccessClaims = serde_json::from_value(serde_json::json!({
            "iss": ISSUER, "sub": "usr", "aud": [ISSUER, DEMO], "exp": 2, "iat": 1,
            "jti": crate::id::TokenId::from_bytes([7; 16]), "client_id": "gateway", "scope": scope,
        }))
        .unwrap();
        choose(&registry(), (client, &policy), &subject, &Params::default().with("audience", api))
    };
    let public = Client::new("acme", Timestamp(1));
    assert!(matches!(chosen(&public, "openid", DEMO), Err(OAuthError::InvalidTarget(_))));
    assert_eq!(chosen(&public, "openid account", ISSUER).unwrap().scopes, texts(&["openid", "account"]));
    let pairwise = Client { subject_type: crate::client::SubjectType::Pairwise, ..public };
    assert_eq!(chosen(&pairwise, "openid account", ISSUER).unwrap().scopes, texts(&["openid"]));
    assert!(matches!(chosen(&pairwise, "account", ISSUER), Err(OAuthError::InvalidTarget(_))));
}
