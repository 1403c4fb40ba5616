//! What proofs promise: one rule, one test; and that nothing in one can do more than be refused.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::nonce::{Worth, fresh, judge};
use super::proof::{Expected, Proof, WINDOW};
use super::{DpopError, endpoint};
use crate::app::offline::offline;
use crate::clock::Timestamp;
use crate::keys::Algorithm;
use crate::keys::{Handle, HandleKind, PublicJwk, Sealer};

const NOW: Timestamp = Timestamp(1_800_000_000);
const ENDPOINT: &str = "https://id.example/oauth2/token";

struct Holder(EcdsaKeyPair);

impl Holder {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn parse(text: &str) -> Result<Proof, DpopError> {
    Proof::parse(text, &Algorithm::ALL)
}

fn claims() -> Value {
    json!({ "jti": "one", "htm": "POST", "htu": ENDPOINT, "iat": NOW.0 })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

fn expected(token: Option<&str>) -> Expected<'_> {
    Expected { method: "POST", endpoint: ENDPOINT, now: NOW, token }
}

fn is_invalid<T>(outcome: Result<T, DpopError>) -> bool {
    matches!(outcome, Err(DpopError::Invalid(_)))
}

#[test]
fn a_good_proof_names_its_key() {
    let holder = Holder::new();
    let proof = parse(&holder.sign(&holder.header(), &claims())).unwrap();
    let key: PublicJwk = serde_json::from_value(holder.jwk()).unwrap();
    assert_eq!(proof.jkt, key.thumbprint());
    proof.check(&expected(None)).unwrap();
}

#[test]
fn a_header_that_breaks_a_rule_is_refused() {
    let holder = Holder::new();
    let header = holder.header();
    let other = Holder::new();
    for wrong in [
        with(header.clone(), "typ", json!("JWT")),
        without(header.clone(), "typ"),
        with(header.clone(), "alg", json!("none")),
        with(header.clone(), "alg", json!("HS256")),
        with(header.clone(), "alg", json!("ES384")),
        without(header.clone(), "alg"),
        without(header.clone(), "jwk"),
        with(header.clone(), "jwk", other.jwk()),
        with(header.clone(), "jwk", with(holder.jwk(), "d", json!("AA"))),
        with(header.clone(), "jwk", with(holder.jwk(), "k", json!("AA"))),
        with(header.clone(), "jwk", json!({ "kty": "oct", "k": "AA" })),
        with(header.clone(), "jwk", with(holder.jwk(), "crv", json!("P-384"))),
        with(header.clone(), "jwk", json!("key")),
        with(header.clone(), "crit", json!(["exp"])),
    ] {
        assert!(is_invalid(parse(&holder.sign(&wrong, &claims()))), "{wrong}");
    }
}

#[test]
fn claims_that_are_missing_or_odd_are_refused() {
    let holder = Holder::new();
    for wrong in [
        without(claims(), "jti"),
        without(claims(), "htm"),
        without(claims(), "htu"),
        without(claims(), "iat"),
        with(claims(), "iat", json!("now")),
        with(claims(), "jti", json!("")),
        with(claims(), "jti", json!("j".repeat(257))),
        with(claims(), "nonce", json!(1)),
        json!([]),
    ] {
        assert!(is_invalid(parse(&holder.sign(&holder.header(), &wrong))), "{wrong}");
    }
    let longest = with(claims(), "jti", json!("j".repeat(256)));
    assert!(parse(&holder.sign(&holder.header(), &longest)).is_ok());
    let too_long = with(claims(), "more", json!("m".repeat(8 * 1024)));
    assert!(is_invalid(parse(&holder.sign(&holder.header(), &too_long))));
}

#[test]
fn a_proof_is_for_one_request_and_one_minute() {
    let holder = Holder::new();
    let checked = |claims: &Value, token: Option<&str>| {
        parse(&holder.sign(&holder.header(), claims)).unwrap().check(&expected(token))
    };
    assert!(is_invalid(checked(&with(claims(), "htm", json!("GET")), None)));
    assert!(is_invalid(checked(&with(claims(), "htm", json!("post")), None)));
    assert!(is_invalid(checked(&with(claims(), "htu", json!("https://id.example/oauth2/par")), None)));
    let window = i64::try_from(WINDOW.as_secs()).unwrap();
    for (moved, good) in [(-window - 1, false), (-window, true), (window, true), (window + 1, false)] {
        let outcome = checked(&with(claims(), "iat", json!(NOW.0 + moved)), None);
        assert_eq!(outcome.is_ok(), good, "{moved}");
    }
    assert!(checked(&with(claims(), "iat", json!(1_800_000_000.5)), None).is_ok());
    // The hash of "token".
    let ath = "PEaenW3tYAvfB_z03BBe6LPRn7SlnJoKmRaPY6XnmsQ";
    assert!(is_invalid(checked(&claims(), Some("token"))));
    assert!(is_invalid(checked(&with(claims(), "ath", json!(ath)), Some("other"))));
}

/// RFC 9449 §7.1 shows a token and its `ath`.
#[test]
fn ath_is_the_hash_of_the_token() {
    let holder = Holder::new();
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    let ath = with(claims(), "ath", json!("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"));
    let proof = parse(&holder.sign(&holder.header(), &ath)).unwrap();
    proof.check(&expected(Some(token))).unwrap();
    proof.check(&expected(None)).unwrap();
}

#[test]
fn addresses_are_compared_in_their_normal_form() {
    for same in [
        ENDPOINT,
        "https://id.example/oauth2/token?x=1",
        "https://id.example/oauth2/token#x",
        "HTTPS://ID.Example:443/oauth2/token",
        "https://id.example/oauth2/./x/../token",
        "https://id.example/oauth2/%74oken",
    ] {
        assert!(endpoint::is_same(same, ENDPOINT), "{same}");
    }
    for other in [
        "http://id.example/oauth2/token",
        "https://id.example:444/oauth2/token",
        "https://id.example/oauth2/token/",
        "https://id.example/oauth2/Token",
        "https://id.example/oauth2%2Ftoken",
        "https://user@id.example/oauth2/token",
        "https://id.example.evil.example/oauth2/token",
        "/oauth2/token",
        "",
    ] {
        assert!(!endpoint::is_same(other, ENDPOINT), "{other}");
    }
    let escaped = "https://id.example/v1/account/grants/a%2fb%zz%";
    assert!(endpoint::is_same("https://id.example/v1/account/grants/a%2Fb%zz%", escaped));
}

#[test]
fn a_nonce_is_good_for_some_minutes() {
    let app = offline(NOW);
    let sealer = Sealer::of_handle(&Handle::new(&app, HandleKind::Browser));
    let nonce = fresh(&sealer, NOW);
    let after = |seconds| judge(&sealer, &nonce, NOW.plus(Duration::from_secs(seconds)));
    assert_eq!(
        [after(0), after(239), after(240), after(299)],
        [Worth::Good, Worth::Good, Worth::Ageing, Worth::Ageing]
    );
    assert_eq!(after(300), Worth::Nothing);
    assert_eq!(judge(&sealer, &nonce, NOW.minus(Duration::from_secs(1))), Worth::Nothing);
    let other = Sealer::of_handle(&Handle::new(&app, HandleKind::Browser));
    for wrong in
        [fresh(&other, NOW), String::new(), "x".to_owned(), format!("{nonce}AAAA"), nonce[..11].to_owned()]
    {
        assert_eq!(judge(&sealer, &wrong, NOW), Worth::Nothing, "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_fail(text in "\\PC*", parts in proptest::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
        prop_assert!(parse(&text).is_err());
        prop_assert!(parse(&parts.join(".")).is_err());
    }

    #[test]
    fn no_header_and_no_claims_make_it_fail(header in any_json(), claims in any_json()) {
        let holder = Holder::new();
        prop_assert!(parse(&holder.sign(&header, &claims)).is_err());
        let _ = parse(&holder.sign(&holder.header(), &claims));
    }

    /// Whatever is changed of a proof, it is refused: nothing of it is left out of the signature.
    #[test]
    fn a_changed_proof_proves_nothing(at in any::<prop::sample::Index>(), byte in "[A-Za-z0-9_.-]") {
        let holder = Holder::new();
        let good = holder.sign(&holder.header(), &claims());
        let at = at.index(good.len());
        let changed = format!("{}{byte}{}", &good[..at], &good[at + 1..]);
        prop_assume!(changed != good);
        prop_assert!(parse(&changed).is_err());
    }

    #[test]
    fn no_address_makes_the_comparison_fail(htu in "\\PC*", path in "[ -~]*") {
        let _ = endpoint::is_same(&htu, ENDPOINT);
        let endpoint = format!("https://id.example/{path}");
        prop_assert!(endpoint::is_same(&endpoint, &endpoint));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("dpop+jwt")),
        Just(json!("ES256")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map("typ|alg|jwk|kty|crv|x|jti|htm|htu|iat|\\PC{0,4}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
