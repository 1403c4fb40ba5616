//! Fuzzers of authorization requests.

#![expect(clippy::expect_used, reason = "a fuzzer panics where a promise is broken")]

use serde_json::{Map, Value};

use super::respond::ReturnAddress;
use super::{AuthorizationRequest, redirect_uri, request_object, response_type, texts, validate};
use crate::http::Params;
use crate::keys::jws::{self, Jws};
use crate::oauth::fuzz::{HOME, client, registry};
use crate::oauth::subject::Naming;
use crate::settings::OAuthSettings;

/// Whatever is in a request, its answer goes home; what is accepted has nothing that is not the client's, and rests as it is.
pub(in crate::oauth) fn request(params: &Params) {
    let (client, registry) = (client(), registry());
    let Ok((redirect_uri, given)) = redirect_uri::check(&client, params, false) else { return };
    assert_eq!(redirect_uri, HOME);
    let (mode, wrong) = response_type::mode(&client, params, &redirect_uri);
    let Ok(state) = texts::state(params) else { return };
    if wrong.is_some() {
        return;
    }
    let to = ReturnAddress { client: client.id.clone(), redirect_uri, mode, state };
    let settings = OAuthSettings { hybrid_and_implicit: true, ..OAuthSettings::default() };
    let (settings, registry, client, naming) = (&settings, &registry, &client, &Naming::Public);
    let seen = validate::Seen { settings, registry, client, naming, params, hinted: None };
    let Ok(accepted) = seen.check(&to, given) else { return };
    assert!(accepted.scopes.iter().all(|scope| client.may_ask_for(scope)));
    assert!(accepted.code_challenge.is_some(), "a public client without PKCE");
    let rested = serde_json::to_string(&accepted).expect("it can rest");
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&rested).ok(), Some(accepted));
}

/// Whatever a request object says, it is read or it is not.
pub(in crate::oauth) fn object(text: &str) {
    let claims = match Jws::parse(text, jws::LIMIT) {
        Ok(jws) => jws.unverified::<Map<String, Value>>().ok(),
        // Most of what a fuzzer makes is no JWT: then its claims alone.
        Err(_) => serde_json::from_str(text).ok(),
    };
    if let Some(params) = claims.and_then(|claims| request_object::params("acme", &claims)) {
        request(&params);
    }
}
