//! What reading a stranger's JWT promises: bounds, no choice for the stranger, and no panic.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::keys::signer::Signer;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

struct Party {
    signer: Signer,
    key: PublicJwk,
    algorithm: Algorithm,
}

impl Party {
    fn new(algorithm: Algorithm) -> Self {
        let (pkcs8, key) = Signer::generate(algorithm).unwrap();
        Self { signer: Signer::parse(algorithm, &pkcs8).unwrap(), key, algorithm }
    }

    fn keys(&self) -> KeySet {
        KeySet::parse(&json!({ "keys": [self.key] })).unwrap()
    }

    fn sign(&self, header: &Value, claims: &str) -> String {
        let message = format!("{}.{}", encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.signer.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn jwt(&self) -> String {
        self.sign(&json!({ "alg": self.algorithm.name() }), r#"{"sub":"ada"}"#)
    }
}

fn parse(text: &str) -> Result<Jws<'_>, JwsError> {
    Jws::parse(text, LIMIT)
}

fn verify(text: &str, keys: &KeySet, allowed: &[Algorithm]) -> Result<Value, JwsError> {
    parse(text)?.verify(keys, allowed)
}

#[test]
fn every_algorithm_is_verified_where_it_is_allowed() {
    for algorithm in Algorithm::ALL {
        let party = Party::new(algorithm);
        let jwt = party.jwt();
        assert_eq!(verify(&jwt, &party.keys(), &Algorithm::ALL), Ok(json!({ "sub": "ada" })));
        assert_eq!(parse(&jwt).unwrap().verify_with(&party.key, &[algorithm]), Ok(json!({ "sub": "ada" })));
        let others: Vec<_> = Algorithm::ALL.into_iter().filter(|one| *one != algorithm).collect();
        assert_eq!(verify(&jwt, &party.keys(), &others), Err(JwsError::Algorithm));
        assert_eq!(verify(&jwt, &Party::new(algorithm).keys(), &Algorithm::ALL), Err(JwsError::Signature));
    }
}

#[test]
fn nothing_is_ever_taken_unsigned() {
    let party = Party::new(Algorithm::ES256);
    for alg in ["none", "None", "NONE", "", "HS256", "RS1"] {
        let jwt = format!("{}.{}.", encode(&json!({ "alg": alg })), encode(&json!({ "sub": "ada" })));
        assert_eq!(verify(&jwt, &party.keys(), &Algorithm::ALL), Err(JwsError::Algorithm), "{alg}");
    }
}

/// The attack that takes a public key for a shared secret.
#[test]
fn a_public_key_is_no_secret() {
    let party = Party::new(Algorithm::RS256);
    let PublicJwk::RSA { n, .. } = &party.key else { panic!() };
    let message = format!("{}.{}", encode(&json!({ "alg": "HS256" })), encode(&json!({ "sub": "ada" })));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, n.as_bytes());
    let code = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
    assert_eq!(
        verify(&format!("{message}.{code}"), &party.keys(), &Algorithm::ALL),
        Err(JwsError::Algorithm)
    );
    let secret = Secret::new(n.clone());
    assert_eq!(parse(&party.jwt()).unwrap().verify_mac::<Value>(&secret, Mac::ALL), Err(JwsError::Algorithm));
}

/// The example of RFC 7515 appendix A.1 has a key of random bytes; this one is of the same form with a text, as client secrets are.
#[test]
fn a_secret_proves_with_every_code() {
    let secret = Secret::new("lk_cs_test_0123456789abcdef0123456789abcdef".to_owned());
    let algorithms = [
        (Mac::HS256, aws_lc_rs::hmac::HMAC_SHA256),
        (Mac::HS384, aws_lc_rs::hmac::HMAC_SHA384),
        (Mac::HS512, aws_lc_rs::hmac::HMAC_SHA512),
    ];
    for (mac, algorithm) in algorithms {
        let message = format!("{}.{}", encode(&json!({ "alg": mac.name() })), encode(&json!({ "n": 1 })));
        let code = aws_lc_rs::hmac::sign(
            &aws_lc_rs::hmac::Key::new(algorithm, secret.expose().as_bytes()),
            message.as_bytes(),
        );
        let jwt = format!("{message}.{}", URL_SAFE_NO_PAD.encode(code));
        let jws = parse(&jwt).unwrap();
        assert_eq!(jws.verify_mac(&secret, &[mac]), Ok(json!({ "n": 1 })));
        let other = Secret::new("lk_cs_test_another".to_owned());
        assert_eq!(jws.verify_mac::<Value>(&other, &[mac]), Err(JwsError::Signature));
        let rest: Vec<_> = Mac::ALL.iter().copied().filter(|one| *one != mac).collect();
        assert_eq!(jws.verify_mac::<Value>(&secret, &rest), Err(JwsError::Algorithm));
        assert_eq!(jws.verify::<Value>(&KeySet::default(), &Algorithm::ALL), Err(JwsError::Algorithm));
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    let party = Party::new(Algorithm::EdDSA);
    let genuine = party.jwt();
    let parts: Vec<&str> = genuine.split('.').collect();
    let with = |header: Value| format!("{}.{}.{}", encode(&header), parts[1], parts[2]);
    for (text, error) in [
        (String::new(), JwsError::Malformed),
        ("..".to_owned(), JwsError::Malformed),
        (parts[..2].join("."), JwsError::Malformed),
        (format!("{genuine}."), JwsError::Malformed),
        (format!("{genuine}.AA.AA"), JwsError::Malformed),
        (format!("{genuine}="), JwsError::Malformed),
        (format!(" {genuine}"), JwsError::Malformed),
        (with(json!(["EdDSA"])), JwsError::Malformed),
        (with(json!({ "alg": 1 })), JwsError::Malformed),
        (with(json!({})), JwsError::Malformed),
        (with(json!({ "alg": "EdDSA", "crit": ["exp"], "exp": 1 })), JwsError::Critical),
        (with(json!({ "alg": "EdDSA", "crit": ["b64"], "b64": false })), JwsError::Critical),
        (with(json!({ "alg": "EdDSA", "crit": [] })), JwsError::Critical),
    ] {
        assert_eq!(parse(&text).err(), Some(error), "{text}");
    }
    assert_eq!(Jws::parse(&genuine, genuine.len() - 1).err(), Some(JwsError::TooLong));
    assert!(Jws::parse(&genuine, genuine.len()).is_ok());
    // A name that comes twice could mean one thing to us and another to somebody else (RFC 7515 §4).
    let twice = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","alg":"none"}"#);
    assert_eq!(parse(&format!("{twice}.{}.{}", parts[1], parts[2])).err(), Some(JwsError::Malformed));
}

#[test]
fn claims_are_an_object_of_bounded_depth() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Named {
        sub: String,
    }
    let party = Party::new(Algorithm::EdDSA);
    let claims = |claims: &str| {
        let jwt = party.sign(&json!({ "alg": "EdDSA" }), claims);
        parse(&jwt).unwrap().verify::<Named>(&party.keys(), &[Algorithm::EdDSA])
    };
    assert_eq!(claims(r#" {"sub":"ada"}"#), Ok(Named { sub: "ada".to_owned() }));
    for wrong in [r#"["ada"]"#, r#""ada""#, "null", "", r#"{"sub":1}"#, r#"{"sub":"a","sub":"b"}"#] {
        assert_eq!(claims(wrong), Err(JwsError::Claims), "{wrong}");
    }
    let deep = format!(r#"{{"sub":"a","x":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    let jwt = party.sign(&json!({ "alg": "EdDSA" }), &deep);
    assert_eq!(verify(&jwt, &party.keys(), &[Algorithm::EdDSA]), Err(JwsError::Claims));
}

#[test]
fn a_key_id_and_a_use_narrow_the_choice() {
    let party = Party::new(Algorithm::ES256);
    let with = |usage: &str, alg: &str| {
        let mut key = json!(party.key);
        key["kid"] = json!("one");
        key["use"] = json!(usage);
        key["alg"] = json!(alg);
        KeySet::parse(&json!({ "keys": [key] })).unwrap()
    };
    let signed = |kid: &str| party.sign(&json!({ "alg": "ES256", "kid": kid }), "{}");
    let result = |kid: &str, keys: &KeySet| verify(&signed(kid), keys, &[Algorithm::ES256]).err();
    assert_eq!(result("one", &with("sig", "ES256")), None);
    assert_eq!(result("two", &with("sig", "ES256")), Some(JwsError::Signature));
    assert_eq!(result("one", &with("enc", "ES256")), Some(JwsError::Signature));
    assert_eq!(result("one", &with("sig", "ES384")), Some(JwsError::Signature));
}

#[test]
fn a_type_is_compared_as_a_media_type() {
    let typ = |typ: &str| {
        let jwt = format!("{}.e30.", encode(&json!({ "alg": "ES256", "typ": typ })));
        parse(&jwt).unwrap().is_typ("dpop+jwt")
    };
    assert!(typ("dpop+jwt") && typ("DPoP+JWT") && typ("application/dpop+jwt"));
    assert!(!typ("JWT") && !typ("dpop") && !typ(""));
    assert!(!parse(&format!("{}.e30.", encode(&json!({ "alg": "ES256" })))).unwrap().is_typ("dpop+jwt"));
}

#[test]
fn a_key_that_comes_along_tells_no_secret() {
    let party = Party::new(Algorithm::ES256);
    let with = |jwk: Value| {
        let jwt = party.sign(&json!({ "alg": "ES256", "jwk": jwk }), "{}");
        parse(&jwt).unwrap().embedded_key()
    };
    assert_eq!(with(json!(party.key)), Ok(party.key.clone()));
    let mut private = json!(party.key);
    private["d"] = json!("AQ");
    for wrong in [private, json!({ "kty": "oct", "k": "AQ" }), json!("key"), json!(null)] {
        assert_eq!(with(wrong), Err(JwsError::Malformed));
    }
}

#[test]
fn dates_hold_with_a_minute_of_leeway() {
    let times = |exp: Option<f64>, nbf: Option<f64>, iat: Option<f64>| Times { exp, nbf, iat }.hold(NOW);
    let now = 1_800_000_000.0;
    assert!(times(None, None, None));
    assert!(times(Some(now + 0.5), Some(now - 0.5), Some(now)));
    assert!(times(Some(now - 59.0), Some(now + 60.0), Some(now + 60.0)));
    assert!(!times(Some(now - 60.0), None, None));
    assert!(!times(None, Some(now + 61.0), None));
    assert!(!times(None, None, Some(now + 61.0)));
    for nonsense in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        assert!(!times(Some(nonsense), None, None));
        assert!(!times(None, Some(nonsense), None));
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,400}", dots in "[A-Za-z0-9_.=-]{0,400}") {
        for text in [text, dots] {
            if let Ok(jws) = parse(&text) {
                prop_assert!(jws.verify::<Value>(&KeySet::default(), &Algorithm::ALL).is_err());
            }
        }
    }

    #[test]
    fn no_header_and_no_claims_make_it_panic(header in any::<Vec<u8>>(), claims in any::<Vec<u8>>(), member in "\\PC{0,20}") {
        for header in [header, json!({ "alg": member, "kid": member, "jwk": { "kty": member } }).to_string().into_bytes()] {
            let text = format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(&claims));
            if let Ok(jws) = parse(&text) {
                let _ = (jws.embedded_key(), jws.unverified::<Value>(), jws.is_typ(&member));
                prop_assert!(jws.verify::<Value>(&KeySet::default(), &Algorithm::ALL).is_err());
            }
        }
    }

    #[test]
    fn a_changed_byte_breaks_the_signature(at in 0_usize..400, byte in any::<u8>()) {
        let party = Party::new(Algorithm::EdDSA);
        let genuine = party.jwt();
        let mut bytes = genuine.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(changed) = String::from_utf8(bytes) && changed != genuine {
            prop_assert!(verify(&changed, &party.keys(), &[Algorithm::EdDSA]).is_err());
        }
    }
}
