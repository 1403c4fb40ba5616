//! What accounts promise.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::page::Fault;

fn email(text: &str) -> Result<String, Fault> {
    NormalIdentifier::email(text).map(|identifier| identifier.value().to_owned())
}

fn username(text: &str) -> Result<String, Fault> {
    NormalIdentifier::username(text).map(|identifier| identifier.value().to_owned())
}

fn phone(text: &str, region: Option<&str>) -> Result<String, Fault> {
    NormalIdentifier::phone(text, region).map(|identifier| identifier.value().to_owned())
}

fn user(identifiers: &[(IdentifierKind, &str, bool)]) -> User {
    let now = Timestamp(1_800_000_000);
    User {
        id: UserId::from_bytes([7; 16]),
        status: Status::Active,
        identifiers: identifiers
            .iter()
            .map(|(kind, value, proven)| Identifier {
                kind: *kind,
                value: (*value).to_owned(),
                verified_at: proven.then_some(now),
            })
            .collect(),
        profile: Profile::default(),
        attributes: Map::new(),
        roles: Vec::new(),
        created_at: now,
        updated_at: now,
        expires_at: None,
        epoch: Epoch::default(),
        ended: Ended::default(),
    }
}

#[test]
fn addresses_that_people_type_alike_are_one() {
    let forms =
        ["ada@example.com", " Ada@Example.COM ", "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ADA@EXAMPLE.com\n"];
    for form in forms {
        assert_eq!(email(form).unwrap(), "ada@example.com", "{form}");
    }
    assert_eq!(email("ada@Bücher.example").unwrap(), "ada@xn--bcher-kva.example");
    assert_eq!(email("a+tag@example.com").unwrap(), "a+tag@example.com");
}

#[test]
fn what_is_no_address_is_refused() {
    let long_local = format!("{}@example.com", "a".repeat(65));
    let long = format!("a@{}.com", "b.".repeat(150));
    for text in [
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "\"ada\"@example.com",
        "ada..b@example.com",
        ".ada@example.com",
        "ada@example..com",
        "ada@-example.com",
        "ada@example.com.",
        "ada b@example.com",
        "ada@exa mple.com",
        "a@b@example.com",
        "adä@example.com",
        "ada\0@example.com",
        "ada@example.com\r\nBcc: x@example.com",
        long_local.as_str(),
        long.as_str(),
    ] {
        assert_eq!(email(text), Err(Fault::EmailInvalid), "{text}");
    }
    assert_eq!(email("  "), Err(Fault::EmailRequired));
}

#[test]
fn a_look_alike_letter_is_another_address_or_none() {
    // U+212A KELVIN SIGN folds to k, and the mail goes to the folded address; U+0131 has no fold to i.
    assert_eq!(email("\u{212A}@example.com").unwrap(), "k@example.com");
    assert_eq!(email("m\u{131}ke@example.com"), Err(Fault::EmailInvalid));
    assert_ne!(username("p\u{430}ypal").unwrap(), username("paypal").unwrap());
}

#[test]
fn phone_numbers_become_e164() {
    assert_eq!(phone("+49 171 1234567", None).unwrap(), "+491711234567");
    assert_eq!(phone("+1 (650) 253-0000", None).unwrap(), "+16502530000");
    assert_eq!(phone("0171 1234567", Some("DE")).unwrap(), "+491711234567");
    for text in [
        "0171 1234567",
        "+49",
        "+999 123456789",
        "+49 171 abc",
        "+49171123456712345678",
        "+1 650 253 0000 x5",
    ] {
        assert_eq!(phone(text, None), Err(Fault::PhoneInvalid), "{text}");
    }
}

#[test]
fn user_names_are_folded_and_narrow() {
    assert_eq!(username("Ada.Lovelace").unwrap(), "ada.lovelace");
    assert_eq!(username("ＡＤＡ").unwrap(), "ada");
    assert_eq!(username("Å").unwrap(), username("A\u{30A}").unwrap());
    for text in ["12345", "-ada", "ada.", "a b", "a@b", "ada\u{202E}", "a/b", &"a".repeat(65), "\u{301}a"] {
        assert_eq!(username(text), Err(Fault::IdentifierInvalid), "{text}");
    }
}

#[test]
fn one_field_takes_every_kind() {
    let kind = |text| parse_identifier(text, &IdentifierKind::ALL, None).map(|identifier| identifier.kind());
    assert_eq!(kind("ada@example.com"), Ok(IdentifierKind::Email));
    assert_eq!(kind("+1 650 253 0000"), Ok(IdentifierKind::Phone));
    assert_eq!(kind("ada"), Ok(IdentifierKind::Username));
    assert_eq!(kind("0171 1234567"), Err(Fault::PhoneInvalid));
    assert_eq!(kind(""), Err(Fault::IdentifierRequired));
    assert_eq!(kind(&"a".repeat(100_000)), Err(Fault::IdentifierInvalid));
    assert_eq!(parse_identifier("ada", &[IdentifierKind::Email], None), Err(Fault::IdentifierInvalid));
    let at_home = parse_identifier("0171 1234567", &IdentifierKind::ALL, Some("DE"));
    assert_eq!(at_home.unwrap().value(), "+491711234567");
}

#[test]
fn an_unproven_address_beside_a_proven_number_recovers_nothing() {
    let address = NormalIdentifier::email("ada@example.com").unwrap();
    let trojan = user(&[
        (IdentifierKind::Phone, "+16502530000", true),
        (IdentifierKind::Email, "ada@example.com", false),
    ]);
    assert!(!trojan.may_recover_by(&address));
    assert!(trojan.to_prove().is_none());
    let fresh = user(&[(IdentifierKind::Email, "ada@example.com", false)]);
    assert!(fresh.may_recover_by(&address));
    assert_eq!(fresh.to_prove().unwrap().value, "ada@example.com");
}

#[test]
fn a_patch_is_taken_whole_or_not_at_all() {
    let mut profile = Profile::default();
    let patch = |value: Value| value.as_object().cloned().unwrap();
    let changed = profile
        .merge(&patch(json!({
            "name": " Ada Lovelace ", "birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "en-GB",
            "website": "https://example.com/ada", "address": { "locality": "London", "country": "UK" },
        })))
        .unwrap();
    assert_eq!(changed, ["name", "website", "birthdate", "zoneinfo", "locale", "address"]);
    assert_eq!(profile.name.as_deref(), Some("Ada Lovelace"));
    let before = profile.clone();
    let errors = profile.merge(&patch(json!({ "name": "Eve", "locale": "??", "sub": "x" }))).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert_eq!(profile, before);
    assert_eq!(
        profile
            .merge(&patch(json!({ "name": null, "address": { "locality": "", "country": null } })))
            .unwrap(),
        ["name", "address"]
    );
    assert_eq!(profile.address, None);
    assert!(profile.merge(&patch(json!({}))).unwrap().is_empty());
}

#[test]
fn claims_of_the_wrong_form_are_refused() {
    for (name, value) in [
        ("name", json!("a".repeat(201))),
        ("name", json!("a\u{7}")),
        ("name", json!(7)),
        ("website", json!("javascript:alert(1)")),
        ("picture", json!("/relative")),
        ("birthdate", json!("1815-02-30")),
        ("birthdate", json!("1815-2-3")),
        ("birthdate", json!("10.12.1815")),
        ("zoneinfo", json!("../../etc/passwd")),
        ("locale", json!("not a tag")),
        ("address", json!({ "planet": "Earth" })),
        ("address", json!("London")),
    ] {
        let patch = Map::from_iter([(name.to_owned(), value.clone())]);
        assert!(Profile::default().merge(&patch).is_err(), "{name}: {value}");
    }
    for birthdate in ["1990", "0000-02-29", "2000-02-29"] {
        let patch = Map::from_iter([("birthdate".to_owned(), json!(birthdate))]);
        assert!(Profile::default().merge(&patch).is_ok(), "{birthdate}");
    }
}

#[test]
fn attributes_are_bounded() {
    let attributes = |value: Value| check_attributes(value.as_object().unwrap());
    assert_eq!(attributes(json!({ "plan": "gold", "tags": ["a", { "b": [1] }] })), Ok(()));
    assert_eq!(attributes(json!({ "a b": 1 })), Err(AttributesError::Name));
    assert_eq!(attributes(json!({ "a": [[[[[1]]]]] })), Ok(()));
    assert_eq!(attributes(json!({ "a": [[[[[[1]]]]]] })), Err(AttributesError::Depth));
    assert_eq!(attributes(json!({ "a": "x".repeat(17_000) })), Err(AttributesError::Size));
    let many: Map<String, Value> = (0..101).map(|number| (format!("a{number}"), json!(1))).collect();
    assert_eq!(check_attributes(&many), Err(AttributesError::Count));
}

#[test]
fn clients_are_told_what_they_may_know() {
    let mut ada = user(&[
        (IdentifierKind::Email, "old@example.com", false),
        (IdentifierKind::Email, "ada@example.com", true),
        (IdentifierKind::Username, "ada", true),
    ]);
    ada.profile.texts.name = Some("Ada".to_owned());
    ada.profile.texts.preferred_username = Some("countess".to_owned());
    assert!(claims(&ada, &Wanted::of_scopes(["openid"])).is_empty());
    let email = claims(&ada, &Wanted::of_scopes(["openid", "email"]));
    assert_eq!(Value::Object(email), json!({ "email": "ada@example.com", "email_verified": true }));
    let profile = claims(&ada, &Wanted::of_scopes(["profile"]));
    assert_eq!(
        Value::Object(profile),
        json!({ "name": "Ada", "preferred_username": "ada", "updated_at": 1_800_000_000 })
    );
    let asked = json!({ "name": { "essential": true }, "phone_number": null, "email": null });
    let named = claims(&ada, &Wanted::default().and(Some(&asked), |scope| scope == "profile"));
    assert_eq!(Value::Object(named), json!({ "name": "Ada" }));
}

#[test]
fn a_user_rests_and_comes_back() {
    let mut ada = user(&[(IdentifierKind::Email, "ada@example.com", true)]);
    ada.profile.merge(json!({ "name": "Ada", "address": { "country": "UK" } }).as_object().unwrap()).unwrap();
    ada.attributes.insert("plan".to_owned(), json!({ "seats": 3 }));
    let item: serde_dynamo::Item = serde_dynamo::to_item(&ada).unwrap();
    let back: User = serde_dynamo::from_item(item).unwrap();
    assert!(
        back.profile == ada.profile
            && back.attributes == ada.attributes
            && back.identifiers == ada.identifiers
    );
}

proptest! {
    #[test]
    fn normal_forms_are_fixed_points(text in "\\PC{0,80}") {
        for read in [email, username] {
            if let Ok(normal) = read(&text) {
                prop_assert_eq!(read(&normal), Ok(normal));
            }
        }
        if let Ok(normal) = phone(&text, None) {
            prop_assert_eq!(phone(&normal, None), Ok(normal));
        }
    }

    #[test]
    fn plain_addresses_are_read(local in "[A-Za-z0-9+_-]{1,64}", domain in "[a-z]{1,20}\\.[a-z]{2,10}") {
        let expected = format!("{}@{domain}", local.to_ascii_lowercase());
        prop_assert_eq!(email(&format!("{local}@{domain}")), Ok(expected));
    }

    #[test]
    fn names_are_fixed_points(text in "[\\p{L}\\p{M}\\p{N}._-]{1,20}") {
        if let Ok(normal) = username(&text) {
            prop_assert_eq!(username(&normal), Ok(normal));
        }
    }

    #[test]
    fn no_text_breaks_a_reader(text in any::<String>()) {
        let _ = parse_identifier(&text, &IdentifierKind::ALL, Some("DE"));
        let _ = phone(&text, Some("DE"));
    }
}
