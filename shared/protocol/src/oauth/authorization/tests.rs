//! What the rules of authorization requests promise.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;
use url::Url;

mod acr;
mod mode;

use super::respond::ReturnAddress;
use super::*;
use crate::app::App;
use crate::app::offline::{ISSUER, offline};
use crate::client::{AuthMethod, Client, GrantType, Pkce, ResponseType};
use crate::clock::Timestamp;
use crate::http::Params;
use crate::oauth::scope::{Registry, Resource, ResourceScope};
use crate::oauth::subject::Naming;
use crate::settings::OAuthSettings;

const NOW: Timestamp = Timestamp(1_800_000_000);
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const HOME: &str = "https://acme.example/cb";

fn acme() -> Client {
    let mut client = Client::new("acme", NOW);
    client.redirect_uris = vec![HOME.to_owned()];
    client.scopes = ["openid", "email", "demo.read"].map(str::to_owned).to_vec();
    client
}

fn registry() -> Registry {
    let scope = |name: &str| ResourceScope { name: name.to_owned(), title: String::new() };
    let scopes = vec![scope("demo.read"), scope("demo.write")];
    let demo = Resource {
        identifier: "urn:latchkey:demo".to_owned(),
        name: "Demo".to_owned(),
        scopes,
        authorization_details: Vec::new(),
    };
    Registry::new(ISSUER, vec![demo])
}

fn params(pairs: &[(&str, &str)]) -> Params {
    pairs.iter().fold(Params::default(), |params, (name, value)| params.with(*name, *value))
}

fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "acme"),
        ("redirect_uri", HOME),
        ("scope", "openid email"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The good request with `changes`; an empty value takes the parameter away.
fn changed(changes: &[(&'static str, &'static str)]) -> Params {
    let mut pairs = good();
    pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    pairs.extend(changes);
    params(&pairs)
}

/// The pure part of the validation.
fn check(client: &Client, params: &Params) -> Result<AuthorizationRequest, Refusal> {
    check_under(&OAuthSettings::default(), client, params)
}

fn check_under(
    settings: &OAuthSettings,
    client: &Client,
    params: &Params,
) -> Result<AuthorizationRequest, Refusal> {
    let (mode, wrong) = response_type::mode(client, params, HOME);
    if let Some(refusal) = wrong {
        return Err(refusal);
    }
    let state = texts::state(params)?;
    let to = ReturnAddress { client: client.id.clone(), redirect_uri: HOME.to_owned(), mode, state };
    let registry = &registry();
    let naming = &Naming::Public;
    let seen = validate::Seen { settings, registry, client, naming, params, hinted: None };
    seen.check(&to, true)
}

fn refused(changes: &[(&'static str, &'static str)]) -> ErrorCode {
    check(&acme(), &changed(changes)).unwrap_err().code
}

#[test]
fn a_good_request_is_understood() {
    let request =
        check(&acme(), &changed(&[("max_age", "60"), ("prompt", "login consent"), ("x", "y")])).unwrap();
    assert_eq!(request.scopes, ["openid", "email"]);
    assert_eq!(request.prompt, [Prompt::Login, Prompt::Consent]);
    assert_eq!((request.max_age, request.response_mode), (Some(60), ResponseMode::Query));
    assert_eq!(request.code_challenge.as_deref(), Some(CHALLENGE));
    assert!(request.is_openid() && !request.is_offline());
    assert!(
        request.accepts_age(Timestamp(NOW.0 - 60), NOW) && !request.accepts_age(Timestamp(NOW.0 - 61), NOW)
    );
    let rested = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&rested).unwrap(), request);
}

#[test]
fn each_rule_refuses_with_its_code() {
    use ErrorCode::*;
    for (changes, code) in [
        (vec![("response_type", "")], InvalidRequest),
        (vec![("response_type", "token")], UnsupportedResponseType),
        (vec![("response_type", "code id_token")], UnsupportedResponseType),
        (vec![("response_mode", "telepathy")], InvalidRequest),
        (vec![("response_mode", "none.jwt")], InvalidRequest),
        (vec![("scope", "")], InvalidScope),
        (vec![("scope", "openid \"")], InvalidScope),
        (vec![("scope", "nothing")], InvalidScope),
        (vec![("scope", "openid demo.write")], InvalidScope),
        (vec![("code_challenge", "")], InvalidRequest),
        (vec![("code_challenge", ""), ("code_challenge_method", "")], InvalidRequest),
        (vec![("code_challenge_method", "")], InvalidRequest),
        (vec![("code_challenge_method", "plain")], InvalidRequest),
        (vec![("code_challenge", "short")], InvalidRequest),
        (vec![("prompt", "none login")], InvalidRequest),
        (vec![("prompt", "dance")], InvalidRequest),
        (vec![("max_age", "-1")], InvalidRequest),
        (vec![("max_age", "1e3")], InvalidRequest),
        (vec![("resource", "urn:other")], InvalidTarget),
        (vec![("request_uri", "https://acme.example/r")], RequestUriNotSupported),
        (vec![("registration", "{}")], RegistrationNotSupported),
        (vec![("claims", "[]")], InvalidRequest),
        (vec![("claims", r#"{"userinfo":1}"#)], InvalidRequest),
        (vec![("claims", r#"{"id_token":{"sub":{"value":"somebody"}}}"#)], InvalidRequest),
        (vec![("claims", r#"{"id_token":{"a":{"b":[[[[[]]]]]}}}"#)], InvalidRequest),
    ] {
        assert_eq!(refused(&changes), code, "{changes:?}");
    }
}

#[test]
fn the_front_channel_is_for_who_is_registered_where_it_is_on() {
    let on = OAuthSettings { hybrid_and_implicit: true, ..OAuthSettings::default() };
    let client = Client { response_types: ResponseType::ALL.to_vec(), ..acme() };
    let asked = |text: &'static str| changed(&[("response_type", text), ("nonce", "n")]);
    for one in ResponseType::ALL {
        let request = check_under(&on, &client, &asked(one.name())).unwrap();
        let mode = if *one == ResponseType::Code { ResponseMode::Query } else { ResponseMode::Fragment };
        assert_eq!((request.response_type, request.response_mode), (*one, mode));
        assert_eq!(request.is_signed(), *one != ResponseType::Code);
        let code = check_under(&on, &acme(), &asked(one.name())).map_err(|refusal| refusal.code);
        assert_eq!(code.is_ok(), *one == ResponseType::Code);
        assert!(code.is_ok() || code == Err(ErrorCode::UnauthorizedClient));
        let off = check(&client, &asked(one.name())).map_err(|refusal| refusal.code);
        assert!(*one == ResponseType::Code || off == Err(ErrorCode::UnsupportedResponseType));
    }
    assert_eq!(
        check_under(&on, &client, &asked("token id_token code")).unwrap().response_type,
        ResponseType::CodeIdTokenToken
    );
    for changes in [
        vec![("response_type", "id_token")],
        vec![("response_type", "code id_token")],
        vec![("response_type", "code token"), ("response_mode", "query")],
        vec![("response_type", "id_token"), ("nonce", "n"), ("response_mode", "query")],
        vec![("response_type", "code token"), ("code_challenge", ""), ("code_challenge_method", "")],
    ] {
        let refusal = check_under(&on, &client, &changed(&changes)).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidRequest, "{changes:?}");
    }
    let scope = changed(&[("response_type", "id_token"), ("nonce", "n"), ("scope", "email")]);
    assert_eq!(check_under(&on, &client, &scope).unwrap_err().code, ErrorCode::InvalidScope);
    let without = changed(&[
        ("response_type", "id_token"),
        ("nonce", "n"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ]);
    assert_eq!(check_under(&on, &client, &without).unwrap().code_challenge, None);
}

#[test]
fn unknown_scopes_are_ignored_and_hints_that_are_none_are_dropped() {
    let request =
        check(&acme(), &changed(&[("scope", "openid birds"), ("login_hint", "\u{7}"), ("display", "tv")]));
    let request = request.unwrap();
    assert_eq!((request.scopes.as_slice(), request.login_hint), (["openid".to_owned()].as_slice(), None));
    assert_eq!(request.display, Display::Page);
}

#[test]
fn a_confidential_client_may_be_let_off_pkce() {
    let without = changed(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let mut client = Client { auth_method: AuthMethod::ClientSecretBasic, ..acme() };
    assert!(check(&client, &without).is_err());
    client.pkce = Pkce::Optional;
    assert_eq!(check(&client, &without).unwrap().code_challenge, None);
    client.auth_method = AuthMethod::None;
    assert!(check(&client, &without).is_err());
}

#[test]
fn a_client_without_the_grant_type_gets_no_code() {
    let client = Client { grant_types: vec![GrantType::ClientCredentials], ..acme() };
    assert_eq!(check(&client, &changed(&[])).unwrap_err().code, ErrorCode::UnauthorizedClient);
}

#[test]
fn claims_name_a_subject_and_an_essential_acr() {
    let claims = r#"{"id_token":{"sub":{"value":"usr_00000000000000000000000000"},"acr":{"essential":true,"values":["a","urn:latchkey:aal1"]}},"userinfo":{"name":null,"phone_number":null}}"#;
    let mut acme = acme();
    acme.scopes.push("profile".to_owned());
    let request = check(&acme, &changed(&[("claims", claims)])).unwrap();
    assert!(request.hint_subject.is_some());
    assert_eq!(request.essential_acr(), Some(vec!["a", "urn:latchkey:aal1"]));
    assert_eq!(request.claims.userinfo, Some(json!({ "name": null })));
    assert!(request.scopes_and_claims().iter().any(|scope| scope == "profile"));
    let voluntary = check(&acme, &changed(&[("claims", r#"{"id_token":{"acr":{"value":"a"}}}"#)])).unwrap();
    assert_eq!(voluntary.essential_acr(), None);
    let unreachable = r#"{"id_token":{"acr":{"essential":true,"value":"urn:latchkey:aal3"}}}"#;
    let refused = check(&acme, &changed(&[("claims", unreachable)])).unwrap_err();
    assert_eq!(refused.code, ErrorCode::UnmetAuthenticationRequirements);
}

#[test]
fn the_verifier_is_the_one_that_was_hashed() {
    assert!(verifier_matches(CHALLENGE, VERIFIER));
    for wrong in ["", "x", CHALLENGE, &VERIFIER[1..], &format!("{VERIFIER}="), &"a".repeat(129)] {
        assert!(!verifier_matches(CHALLENGE, wrong), "{wrong}");
    }
}

#[test]
fn a_redirect_uri_is_needed_and_registered() {
    let client = acme();
    let address = |pairs: &[(&str, &str)], openid| redirect_uri::check(&client, &params(pairs), openid);
    assert_eq!(address(&[("redirect_uri", HOME)], true).unwrap(), (HOME.to_owned(), true));
    assert_eq!(address(&[], false).unwrap(), (HOME.to_owned(), false));
    assert!(matches!(address(&[], true), Err(AuthorizeError::RedirectUri(_))));
    assert!(matches!(
        address(&[("redirect_uri", "https://evil.example")], true),
        Err(AuthorizeError::RedirectUri(_))
    ));
    let two = Client { redirect_uris: vec![HOME.to_owned(), "https://acme.example/b".to_owned()], ..acme() };
    assert!(redirect_uri::check(&two, &params(&[]), false).is_err());
}

fn respond(app: &App, to: &ReturnAddress, refusal: &Refusal) -> http::Response<bytes::Bytes> {
    let request = http::Request::get("/oauth2/authorize").body(bytes::Bytes::new()).unwrap();
    let address = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let request = crate::http::Request::new(app, request, address, std::collections::HashMap::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(to.refuse(app, refusal)).unwrap();
    response.respond(app, &request.context()).unwrap().into_http()
}

#[test]
fn a_response_goes_by_the_asked_mode_with_state_and_issuer() {
    let app = offline(NOW);
    let refusal = Refusal::new(ErrorCode::AccessDenied, "the \"customer\" said\nno");
    let to = |mode| ReturnAddress {
        client: "acme".to_owned(),
        redirect_uri: format!("{HOME}?a=b"),
        mode,
        state: Some("x&y=\u{e9}".to_owned()),
    };
    let query = respond(&app, &to(ResponseMode::Query), &refusal);
    assert_eq!(
        query.headers()["location"],
        "https://acme.example/cb?a=b&error=access_denied&error_description=the+%27customer%27+said%27no&state=x%26y%3D%C3%A9&iss=https%3A%2F%2Fid.example"
    );
    let fragment = respond(&app, &to(ResponseMode::Fragment), &refusal);
    assert!(
        fragment.headers()["location"]
            .to_str()
            .unwrap()
            .starts_with("https://acme.example/cb?a=b#error=access_denied&")
    );
    let form = respond(&app, &to(ResponseMode::FormPost), &refusal);
    let body = String::from_utf8(form.body().to_vec()).unwrap();
    assert!(body.contains("https://acme.example/cb?a=b") || body.contains("https:&#x2f;&#x2f;acme.example"));
    assert!(body.contains("x&amp;y=\u{e9}") && !body.contains("\"customer\" said"));
    assert_eq!(form.headers().get("location"), None);
}

fn hostile() -> impl Strategy<Value = Params> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "response_type",
            "response_mode",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "claims",
            "code_challenge",
            "code_challenge_method",
            "acr_values",
            "ui_locales",
            "login_hint",
            "display",
            "resource",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let value = prop_oneof![
        any::<String>(),
        "[\\[\\]{}\":,a-z ]{0,60}",
        proptest::sample::select(vec![
            "code",
            "S256",
            CHALLENGE,
            "openid email",
            "none",
            "form_post",
            "{\"id_token\":{}}"
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec((name, value), 0..20).prop_map(|pairs| {
        pairs.into_iter().fold(Params::default(), |params, (name, value)| params.with(name, value))
    })
}

proptest! {
    /// Whatever a client signs, it names no further request, and is about the client unless it says otherwise.
    #[test]
    fn the_claims_of_a_request_object_never_refer_to_another(
        claims in proptest::collection::hash_map("[a-z_]{0,12}|request|request_uri|client_id|resource|exp", json_value(), 0..12),
    ) {
        let refers = claims.contains_key("request") || claims.contains_key("request_uri");
        match claimed_params("acme", &claims.into_iter().collect()) {
            None => {}
            Some(params) => {
                prop_assert!(!refers);
                prop_assert!(params.get("client_id").is_some() && params.get("exp").is_none());
            }
        }
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn hostile_requests_never_panic_and_never_gain_scopes(params in hostile()) {
        if let Ok(request) = check(&acme(), &params) {
            prop_assert!(request.scopes.iter().all(|scope| acme().may_ask_for(scope)));
            prop_assert!(request.code_challenge.is_some());
            prop_assert!(request.prompt.len() == 1 || !request.prompts(Prompt::None));
        }
    }

    #[test]
    fn hostile_requests_are_never_answered_elsewhere(params in hostile(), detail in any::<String>(), state in any::<Option<String>>()) {
        let client = Arc::new(acme());
        if let Ok((redirect_uri, _)) = redirect_uri::check(&client, &params, true) {
            prop_assert_eq!(&redirect_uri, HOME);
            let (mode, _) = response_type::mode(&client, &params, &redirect_uri);
            let app = offline(NOW);
            let response = respond(&app, &ReturnAddress { client: "acme".to_owned(), redirect_uri, mode, state }, &Refusal::invalid(detail));
            if let Some(location) = response.headers().get("location") {
                let url = Url::parse(location.to_str().unwrap()).unwrap();
                prop_assert_eq!(url.origin().ascii_serialization(), "https://acme.example");
                prop_assert_eq!(url.path(), "/cb");
            }
        }
    }
}
