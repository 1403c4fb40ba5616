//! What the ring promises: keys move on in order, signatures hold elsewhere, and nothing hostile gets through.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::jwe::KeyKind;
use super::rotation::{Step, due};
use super::*;
use crate::clock::Timestamp;
use crate::id::{GrantId, UserId};
use crate::rng::Rng;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::Stored;

const NOW: Timestamp = Timestamp(1_800_000_000);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn sealer_of(byte: u8) -> Sealer {
    Sealer::new(&Secret::new(vec![byte; 32]))
}

fn key(algorithm: Algorithm, state: KeyState) -> SigningKey {
    SigningKey::generate(&Rng::default(), &sealer_of(1), algorithm, state).unwrap()
}

fn active(algorithm: Algorithm) -> SigningKey {
    key(algorithm, KeyState::Active { since: NOW })
}

/// A ring of one active key for each algorithm.
fn ring_of_all() -> Ring {
    Ring::new(Algorithm::ALL.into_iter().map(active).collect(), None).unwrap()
}

/// The key set with the keys of `ring`, and an encryption key in each state.
fn published(ring: &Ring) -> Vec<u8> {
    let signing: Vec<_> = ring.keys().cloned().collect();
    let states = [
        KeyState::Next { since: NOW },
        KeyState::Active { since: NOW },
        KeyState::Retired { since: NOW, until: NOW.plus(DAY) },
    ];
    let encryption: Vec<_> = KeyKind::ALL
        .iter()
        .flat_map(|kind| {
            states.map(|state| EncryptionKey::generate(&Rng::default(), &sealer_of(1), *kind, state).unwrap())
        })
        .collect();
    jwks::document(&signing, &encryption).body().to_vec()
}

fn signed(ring: &Ring, algorithm: Algorithm, typ: Typ, claims: &Value) -> String {
    let key = ring.active(algorithm).unwrap();
    key.token(&key.key.open(&sealer_of(1)).unwrap(), typ, claims).unwrap()
}

/// A second opinion on signature, key id and header, by another implementation of JOSE.
fn verified_elsewhere(ring: &Ring, token: &str) -> Value {
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(&published(ring)).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let jwk = set.find(header.kid.as_deref().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(header.alg);
    validation.set_required_spec_claims::<&str>(&[]);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

#[test]
fn signatures_hold_with_another_implementation() {
    let ring = ring_of_all();
    for algorithm in Algorithm::ALL {
        let token = signed(&ring, algorithm, Typ::Jwt, &json!({ "sub": "ada" }));
        assert_eq!(verified_elsewhere(&ring, &token), json!({ "sub": "ada" }), "{algorithm}");
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(format!("{:?}", header.alg), algorithm.name());
        assert_eq!(ring.verify::<Value>(&token, Typ::Jwt).unwrap(), json!({ "sub": "ada" }));
    }
}

#[test]
fn a_key_is_named_by_its_thumbprint() {
    let ring = ring_of_all();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(&published(&ring)).unwrap();
    assert_eq!(set.keys.len(), Algorithm::ALL.len() + KeyKind::ALL.len());
    for jwk in &set.keys {
        let thumbprint = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(jwk.common.key_id.as_deref(), Some(thumbprint.as_str()));
    }
}

#[test]
fn the_key_set_shows_public_members_alone() {
    let set: Value = serde_json::from_slice(&published(&ring_of_all())).unwrap();
    for member in set["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth", "sealed", "state"] {
            assert!(member.get(private).is_none(), "`{private}` is shown");
        }
    }
}

#[test]
fn the_key_set_says_what_each_key_is_for() {
    let set: Value = serde_json::from_slice(&published(&ring_of_all())).unwrap();
    let said: Vec<_> =
        set["keys"].as_array().unwrap().iter().map(|key| (key["use"].clone(), key["alg"].clone())).collect();
    let signing = Algorithm::ALL.map(|algorithm| (json!("sig"), json!(algorithm.name())));
    let encryption = [(json!("enc"), Value::Null), (json!("enc"), json!("RSA-OAEP-256"))];
    assert_eq!(said, [signing.as_slice(), &encryption].concat(), "one to encrypt to for each kind");
}

#[test]
fn a_sealed_key_is_useless_without_its_data_key() {
    let mine = active(Algorithm::ES256);
    assert!(mine.open(&sealer_of(1)).is_ok());
    assert!(mine.open(&sealer_of(2)).is_err());
    let at_rest = serde_json::to_string(&mine).unwrap();
    assert!(!at_rest.contains("\"d\""));
}

#[test]
fn a_token_serves_its_own_purpose_alone() {
    let ring = ring_of_all();
    let token = signed(&ring, Algorithm::ES256, Typ::Jwt, &json!({}));
    assert!(ring.verify::<Value>(&token, Typ::AccessToken).is_err());
    assert!(ring.verify::<Value>(&token, Typ::LogoutToken).is_err());
    assert!(ring.verify::<Value>(&token, Typ::Jwt).is_ok());
}

#[test]
fn a_retired_key_still_verifies_and_a_removed_one_does_not() {
    let mut mine = active(Algorithm::ES256);
    let before = Ring::new(vec![mine.clone()], None).unwrap();
    let token = signed(&before, Algorithm::ES256, Typ::Jwt, &json!({ "n": 1 }));
    mine.state = KeyState::Retired { since: NOW, until: NOW.plus(DAY) };
    let after = Ring::new(vec![mine, active(Algorithm::ES256)], Some(&before)).unwrap();
    assert!(after.verify::<Value>(&token, Typ::Jwt).is_ok());
    let gone = Ring::new(vec![active(Algorithm::ES256)], Some(&after)).unwrap();
    assert!(gone.verify::<Value>(&token, Typ::Jwt).is_err());
}

fn stored(keys: Vec<SigningKey>) -> Vec<Stored<SigningKey>> {
    keys.into_iter().map(|entity| Stored { entity, rev: 1 }).collect()
}

#[test]
fn keys_move_on_when_they_are_due() {
    let settings = Settings::default();
    let (period, lead) = (settings.keys.active, settings.keys.next);
    assert_eq!(due::<Algorithm>(&[], &settings, NOW), [Step::Begin]);

    let young = stored(vec![active(Algorithm::EdDSA)]);
    assert_eq!(due(&young, &settings, NOW.plus(period.saturating_sub(lead)).minus(DAY)), []);
    assert_eq!(due(&young, &settings, NOW.plus(period.saturating_sub(lead))), [Step::Publish(0)]);

    let published = NOW.plus(period.saturating_sub(lead));
    let both =
        stored(vec![active(Algorithm::EdDSA), key(Algorithm::EdDSA, KeyState::Next { since: published })]);
    assert_eq!(due(&both, &settings, published), []);
    assert_eq!(due(&both, &settings, NOW.plus(period)), [Step::Promote(0, 1)]);
}

#[test]
fn a_successor_never_signs_before_it_was_published_long_enough() {
    let settings = Settings::default();
    let late = NOW.plus(settings.keys.active * 2);
    let both = stored(vec![active(Algorithm::EdDSA), key(Algorithm::EdDSA, KeyState::Next { since: late })]);
    assert_eq!(due(&both, &settings, late.plus(settings.keys.next).minus(Duration::from_secs(1))), []);
    assert_eq!(due(&both, &settings, late.plus(settings.keys.next)), [Step::Promote(0, 1)]);
}

#[test]
fn a_retired_key_goes_when_its_tokens_have_expired() {
    let settings = Settings::default();
    let retired = key(Algorithm::EdDSA, KeyState::Retired { since: NOW, until: NOW.plus(DAY) });
    let keys = stored(vec![active(Algorithm::EdDSA), retired]);
    assert_eq!(due(&keys, &settings, NOW.plus(DAY).minus(Duration::from_secs(1))), []);
    assert_eq!(due(&keys, &settings, NOW.plus(DAY)), [Step::Remove(1)]);
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn forged_headers_are_refused() {
    let ring = ring_of_all();
    let genuine = signed(&ring, Algorithm::RS256, Typ::AccessToken, &json!({ "sub": "ada" }));
    let parts: Vec<&str> = genuine.split('.').collect();
    let kid = &ring.active(Algorithm::RS256).unwrap().key.kid;
    let forged = [
        json!({ "alg": "none", "typ": "at+jwt" }),
        json!({ "alg": "none", "kid": kid, "typ": "at+jwt" }),
        json!({ "alg": "HS256", "kid": kid, "typ": "at+jwt" }),
        json!({ "alg": "PS256", "kid": kid, "typ": "at+jwt" }),
        json!({ "alg": "RS256", "kid": "../../x", "typ": "at+jwt" }),
        json!({ "alg": "RS256", "kid": kid, "typ": "at+jwt", "crit": ["exp"] }),
        json!({ "alg": "RS256", "typ": "at+jwt", "jwk": { "kty": "RSA", "n": "AQAB", "e": "AQAB" } }),
        json!({ "alg": "RS256", "typ": "at+jwt", "jku": "https://attacker.example/jwks" }),
    ];
    for header in forged {
        for signature in [parts[2], ""] {
            let token = format!("{}.{}.{signature}", encode(&header), parts[1]);
            assert!(ring.verify::<Value>(&token, Typ::AccessToken).is_err(), "{header}");
        }
    }
}

#[test]
fn changed_and_oversized_tokens_are_refused() {
    let ring = ring_of_all();
    let genuine = signed(&ring, Algorithm::ES256, Typ::AccessToken, &json!({ "sub": "ada" }));
    let parts: Vec<&str> = genuine.split('.').collect();
    let changed = format!("{}.{}.{}", parts[0], encode(&json!({ "sub": "grace" })), parts[2]);
    assert!(ring.verify::<Value>(&changed, Typ::AccessToken).is_err());
    for end in 0..genuine.len() {
        assert!(ring.verify::<Value>(&genuine[..end], Typ::AccessToken).is_err());
    }
    for longer in
        [format!("{genuine}."), format!("{genuine}.x"), format!("{genuine}="), format!(" {genuine}")]
    {
        assert!(ring.verify::<Value>(&longer, Typ::AccessToken).is_err());
    }
    let huge = format!("{}.{}.{}", parts[0], "A".repeat(10_000_000), parts[2]);
    assert!(ring.verify::<Value>(&huge, Typ::AccessToken).is_err());
}

proptest! {
    #[test]
    fn no_text_is_taken_for_a_token(text in "\\PC{0,400}", dots in "[A-Za-z0-9_.=-]{0,400}") {
        let ring = Ring::new(vec![active(Algorithm::EdDSA)], None).unwrap();
        prop_assert!(ring.verify::<Value>(&text, Typ::AccessToken).is_err());
        prop_assert!(ring.verify::<Value>(&dots, Typ::AccessToken).is_err());
    }

    #[test]
    fn a_changed_byte_breaks_the_signature(at in 0_usize..200, byte in any::<u8>()) {
        let ring = Ring::new(vec![active(Algorithm::EdDSA)], None).unwrap();
        let token = signed(&ring, Algorithm::EdDSA, Typ::Jwt, &json!({ "sub": "ada", "aud": "client" }));
        let mut bytes = token.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(changed) = String::from_utf8(bytes)
            && changed != token
        {
            prop_assert!(ring.verify::<Value>(&changed, Typ::Jwt).is_err());
        }
    }
}

proptest! {
    #[test]
    fn a_grants_handle_says_to_us_alone_whose_it_is(user in any::<[u8; 16]>(), grant in any::<[u8; 16]>()) {
        let app = crate::app::offline::offline(NOW);
        let (user, grant) = (UserId::from_bytes(user), GrantId::from_bytes(grant));
        let make = || Handle::of_grant(&app, &sealer_of(1), HandleKind::RefreshToken, (&user, &grant));
        let handle = Handle::parse(HandleKind::RefreshToken, make().expose()).unwrap();
        prop_assert_eq!(handle.owner(&sealer_of(1)), Some((user.clone(), grant.clone())));
        prop_assert_ne!(handle.owner(&sealer_of(2)), Some((user.clone(), grant.clone())));
        prop_assert!(handle.user().is_none());
        let (one, two) = (make(), make());
        let body = |handle: &Handle| handle.expose().splitn(4, '_').last().unwrap().to_owned();
        prop_assert!(!body(&one).chars().zip(body(&two).chars()).take(20).all(|(one, two)| one == two));
    }
}
