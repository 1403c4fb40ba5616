//! What encryption promises: the examples of the standards open, what was made opens for its recipient alone, nothing changed opens
//! for anybody.

use std::sync::LazyLock;

use aws_lc_rs::agreement::{self as curves, PrivateKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::content::Sealed;
use super::*;
use crate::keys::ClientKey;
use crate::keys::resting_key::KeyUse;
use crate::rng::Rng;
use crate::secret::Secret;

/// Sections 5.4 (P-384, ECDH-ES+A128KW, A128GCM) and 5.5 (P-256, ECDH-ES, A128CBC-HS256) of RFC 7520.
const EXAMPLES: &str = include_str!("rfc7520.txt");
const SAID: &str = "You can trust us to stick with you through thick and thin\u{2013}to the bitter end. And you can trust us to \
keep any secret of yours\u{2013}closer than you keep it yourself. But you cannot trust us to let you face trouble alone, and go off \
without a word. We are your friends, Frodo.";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.replace(' ', "").as_bytes()).unwrap()
}

fn open(text: &str, key: &DecryptionKey) -> Option<Vec<u8>> {
    Jwe::parse(text, LIMIT)?.decrypt(&Rng::default(), key)
}

#[test]
fn the_examples_of_rfc_7520_open() {
    let keys = [
        (&curves::ECDH_P384, "iTx2pk7wW-GqJkHcEkFQb2EFyYcO7RugmaW3mRrQVAOUiPommT0IdnYK2xDlZh-j"),
        (&curves::ECDH_P256, "r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8"),
    ];
    for (text, (curve, d)) in EXAMPLES.lines().zip(keys) {
        let key = DecryptionKey::Ecdh(PrivateKey::from_private_key(curve, &bytes(d)).unwrap());
        assert_eq!(open(text, &key).unwrap(), SAID.as_bytes());
    }
}

/// Made with the npm package `jose`: a line with a kind of key and its private half, then what was encrypted to it, which says how.
#[test]
fn what_another_implementation_made_opens() {
    let mut key = None;
    for line in include_str!("jose.txt").lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            [kind, pkcs8] => {
                let pkcs8 = Secret::new(bytes(pkcs8));
                key = Some(DecryptionKey::parse(KeyKind::find(kind).unwrap(), &pkcs8).unwrap());
            }
            [alg, enc, text] => {
                let said = open(text, key.as_ref().unwrap()).unwrap();
                assert_eq!(said, format!("{alg} {enc}").as_bytes());
            }
            _ => panic!("{line}"),
        }
    }
}

/// RFC 7518 appendix B.1 and B.3: the two that are offered here.
#[test]
fn cbc_and_hmac_are_those_of_rfc_7518() {
    let key: Vec<u8> = (0..64).collect();
    let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
    let aad = b"The second principle of Auguste Kerckhoffs";
    let plaintext = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy \
without inconvenience";
    for (enc, tag) in [
        (ContentEncryption::A128CbcHs256, "652c3fa36b0a7c5b3219fab3a30bc1c4"),
        (ContentEncryption::A256CbcHs512, "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"),
    ] {
        let key = &key[..enc.key_length()];
        let sealed = enc.seal(key, iv.clone(), aad, plaintext).unwrap();
        assert_eq!(sealed.tag, hex(tag));
        assert_eq!(enc.open(key, &sealed, aad).unwrap(), plaintext);
    }
}

/// A pair for each kind of key and each curve.
struct Recipient {
    key: ClientKey,
    private: DecryptionKey,
    algs: &'static [KeyManagement],
}

const AGREEING: &[KeyManagement] =
    &[KeyManagement::EcdhEs, KeyManagement::EcdhEsA128Kw, KeyManagement::EcdhEsA256Kw];

fn client_key(key: PublicJwk) -> ClientKey {
    ClientKey { kid: Some("one \" two".to_owned()), usage: None, alg: None, key, certificates: Vec::new() }
}

static RECIPIENTS: LazyLock<Vec<Recipient>> = LazyLock::new(|| {
    let curves = [&curves::ECDH_P256, &curves::ECDH_P384, &curves::X25519].map(|curve| {
        let private = PrivateKey::generate(curve).unwrap();
        let key = client_key(super::agreement::public(&private).unwrap());
        Recipient { key, private: DecryptionKey::Ecdh(private), algs: AGREEING }
    });
    let (pkcs8, key) = KeyKind::Rsa.pair().unwrap();
    let private = DecryptionKey::parse(KeyKind::Rsa, &pkcs8).unwrap();
    let rsa = Recipient { key: client_key(key), private, algs: &[KeyManagement::RsaOaep256] };
    curves.into_iter().chain([rsa]).collect()
});

fn every(check: impl Fn(&Recipient, Encryption)) {
    for recipient in RECIPIENTS.iter() {
        for (alg, enc) in
            recipient.algs.iter().flat_map(|alg| ContentEncryption::ALL.iter().map(move |enc| (alg, enc)))
        {
            check(recipient, Encryption { alg: *alg, enc: *enc });
        }
    }
}

#[test]
fn what_is_encrypted_opens_for_its_recipient() {
    let rng = Rng::default();
    every(|recipient, encryption| {
        let jwe = encrypt(&rng, &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap();
        let parsed = Jwe::parse(&jwe, LIMIT).unwrap();
        assert_eq!((parsed.header().alg, parsed.header().enc), (encryption.alg, encryption.enc));
        assert_eq!(parsed.header().cty.as_deref(), Some("JWT"));
        assert_eq!(parsed.header().kid, recipient.key.kid);
        assert_eq!(open(&jwe, &recipient.private).unwrap(), b"a.b.c");
        let claims = encrypt(&rng, &recipient.key, encryption, Content::Claims(b"{}")).unwrap();
        assert_eq!(open(&claims, &recipient.private).unwrap(), b"{}");
        assert_ne!(jwe, encrypt(&rng, &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap());
        for other in RECIPIENTS.iter().filter(|other| other.key != recipient.key) {
            assert_eq!(open(&jwe, &other.private), None);
        }
    });
}

#[test]
fn every_bit_counts() {
    let rng = Rng::default();
    every(|recipient, encryption| {
        let jwe = encrypt(&rng, &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap();
        // RSA is slow, and its part long: every seventh character will do.
        let step = if encryption.alg == KeyManagement::RsaOaep256 { 7 } else { 1 };
        for at in (0..jwe.len()).step_by(step) {
            let mut changed = jwe.clone().into_bytes();
            changed[at] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&changed, &recipient.private), None, "{encryption:?} at {at}");
        }
        for end in 0..jwe.len() {
            assert_eq!(open(&jwe[..end], &recipient.private), None);
        }
    });
}

fn with_header(jwe: &str, change: impl FnOnce(&mut Value)) -> String {
    let (header, rest) = jwe.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&bytes(header)).unwrap();
    change(&mut header);
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[test]
fn what_we_do_not_offer_is_refused_unread() {
    let recipient = &RECIPIENTS[0];
    let encryption = Encryption::with(KeyManagement::EcdhEs);
    let jwe = encrypt(&Rng::default(), &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap();
    for (name, value) in [
        ("zip", json!("DEF")),
        ("crit", json!(["exp"])),
        ("alg", json!("dir")),
        ("alg", json!("none")),
        ("alg", json!("RSA1_5")),
        ("alg", json!("PBES2-HS256+A128KW")),
        ("enc", json!("A192GCM")),
        ("enc", json!("none")),
    ] {
        let changed = with_header(&jwe, |header| header[name] = value.clone());
        assert!(Jwe::parse(&changed, LIMIT).is_none(), "{name} {value}");
    }
    assert!(Jwe::parse(&jwe, jwe.len() - 1).is_none());
    assert!(Jwe::parse(&format!("{jwe}.AA"), LIMIT).is_none());
}

/// The attack with points that are not on the curve, which would tell the private key bit by bit.
#[test]
fn a_point_off_the_curve_is_not_agreed_with() {
    let recipient = &RECIPIENTS[0];
    let encryption = Encryption::with(KeyManagement::EcdhEs);
    let jwe = encrypt(&Rng::default(), &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap();
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    let one = URL_SAFE_NO_PAD.encode([[0; 31].as_slice(), &[1]].concat());
    for epk in [
        json!({ "kty": "EC", "crv": "P-256", "x": one, "y": one }),
        json!({ "kty": "EC", "crv": "P-256", "x": zero, "y": zero }),
        json!({ "kty": "EC", "crv": "P-256", "x": "", "y": "" }),
        json!({ "kty": "EC", "crv": "P-384", "x": one, "y": one }),
        json!({ "kty": "OKP", "crv": "X25519", "x": one }),
        json!({ "kty": "RSA", "n": one, "e": "AQAB" }),
    ] {
        let changed = with_header(&jwe, |header| header["epk"] = epk.clone());
        assert_eq!(open(&changed, &recipient.private), None, "{epk}");
        let key = serde_json::from_value(epk).unwrap();
        assert!(!is_for(&key, KeyManagement::EcdhEs) || matches!(key, PublicJwk::OKP { .. }));
    }
    assert_eq!(open(&with_header(&jwe, |header| header["epk"] = Value::Null), &recipient.private), None);
    // A point of small order would make the agreed key known to everybody (RFC 7748 §6.1).
    for point in [[0; 32], std::array::from_fn(|at| u8::from(at == 0))] {
        let small = PublicJwk::OKP { crv: "X25519".to_owned(), x: URL_SAFE_NO_PAD.encode(point) };
        assert_eq!(encrypt(&Rng::default(), &client_key(small), encryption, Content::Jwt("a.b.c")), None);
    }
}

/// RFC 7516 §11.5: a wrong key and a wrong content are one answer, and the same work.
#[test]
fn a_wrong_key_is_answered_like_a_wrong_content() {
    let recipient = &RECIPIENTS[3];
    let encryption = Encryption::with(KeyManagement::RsaOaep256);
    let jwe = encrypt(&Rng::default(), &recipient.key, encryption, Content::Jwt("a.b.c")).unwrap();
    let parts: Vec<&str> = jwe.split('.').collect();
    let zeros = URL_SAFE_NO_PAD.encode([0; 256]);
    for encrypted in ["", "AA", &zeros] {
        let text = [parts[0], encrypted, parts[2], parts[3], parts[4]].join(".");
        assert_eq!(open(&text, &recipient.private), None);
    }
}

#[test]
fn a_tag_of_another_length_is_refused() {
    for enc in ContentEncryption::ALL.iter().copied() {
        let key = vec![7; enc.key_length()];
        let sealed = enc.seal(&key, vec![1; enc.iv_length()], b"aad", b"0123456789abcdef0123").unwrap();
        for cut in 0..sealed.tag.len() {
            let (tag, rest) = sealed.tag.split_at(cut);
            let moved = Sealed {
                iv: sealed.iv.clone(),
                ciphertext: [sealed.ciphertext.as_slice(), tag].concat(),
                tag: rest.to_vec(),
            };
            assert_eq!(enc.open(&key, &moved, b"aad").is_some(), cut == 0);
            let shorter =
                Sealed { iv: sealed.iv.clone(), ciphertext: sealed.ciphertext.clone(), tag: tag.to_vec() };
            assert_eq!(enc.open(&key, &shorter, b"aad"), None);
        }
        assert!(enc.seal(&key[1..], vec![1; enc.iv_length()], b"", b"").is_none());
        assert!(enc.seal(&key, vec![1; enc.iv_length() - 1], b"", b"").is_none());
    }
}

proptest! {
    #[test]
    fn any_content_comes_back(content in any::<Vec<u8>>(), pick in any::<prop::sample::Index>()) {
        let recipient = &RECIPIENTS[0];
        let enc = *pick.get(ContentEncryption::ALL);
        let jwe = encrypt(&Rng::default(), &recipient.key, Encryption { alg: KeyManagement::EcdhEs, enc }, Content::Claims(&content)).unwrap();
        if jwe.len() <= LIMIT {
            prop_assert_eq!(open(&jwe, &recipient.private).unwrap(), content);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}", dots in "[A-Za-z0-9_.=-]{0,300}", parts in any::<[Vec<u8>; 5]>()) {
        let encoded = parts.each_ref().map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        for text in [text, dots, encoded] {
            prop_assert_eq!(open(&text, &RECIPIENTS[0].private), None);
        }
    }

    #[test]
    fn no_parts_make_it_panic(alg in any::<prop::sample::Index>(), enc in any::<prop::sample::Index>(), word in "\\PC{0,20}", parts in any::<[Vec<u8>; 4]>()) {
        let (alg, enc) = (alg.get(KeyManagement::ALL), enc.get(ContentEncryption::ALL));
        let epk = json!({ "kty": "EC", "crv": "P-256", "x": word, "y": word });
        let header = json!({ "alg": alg, "enc": enc, "epk": epk, "apu": word, "apv": word, "kid": word }).to_string();
        let rest = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let text = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        for recipient in RECIPIENTS.iter() {
            prop_assert_eq!(open(&text, &recipient.private), None);
        }
    }

    #[test]
    fn no_key_makes_it_panic(crv in "P-256|P-384|X25519|\\PC{0,5}", x in any::<Vec<u8>>(), y in any::<Vec<u8>>()) {
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let keys = [
            PublicJwk::EC { crv: crv.clone(), x: x.clone(), y: y.clone() },
            PublicJwk::OKP { crv, x: x.clone() },
            PublicJwk::RSA { e: x, n: y },
        ];
        for (key, alg) in keys.into_iter().flat_map(|key| KeyManagement::ALL.iter().map(move |alg| (key.clone(), *alg))) {
            let suits = is_for(&key, alg);
            let made = encrypt(&Rng::default(), &client_key(key), Encryption::with(alg), Content::Jwt("a.b.c"));
            prop_assert!(suits || made.is_none());
        }
    }
}

#[test]
fn a_parsed_pair_is_the_one_that_was_made() {
    for kind in KeyKind::ALL.iter().copied() {
        let (pkcs8, key) = kind.pair().unwrap();
        let private = DecryptionKey::parse(kind, &pkcs8).unwrap();
        for alg in KeyManagement::ALL.iter().copied().filter(|alg| KeyKind::of(*alg) == kind) {
            let jwe = encrypt(
                &Rng::default(),
                &client_key(key.clone()),
                Encryption::with(alg),
                Content::Jwt("a.b.c"),
            );
            assert_eq!(open(&jwe.unwrap(), &private).unwrap(), b"a.b.c");
        }
        assert!(DecryptionKey::parse(kind, &Secret::new(vec![0; 40])).is_err());
    }
}
