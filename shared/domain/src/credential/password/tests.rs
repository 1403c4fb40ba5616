//! What passwords promise.

use data_encoding::HEXLOWER;

use super::*;
use crate::page::Fault;
use crate::settings::PasswordSettings;

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn fault(text: &str, inputs: &[&str]) -> Option<Fault> {
    rules::fault(&PasswordSettings::default(), "Latchkey", &secret(text), inputs)
}

#[test]
fn a_hash_is_the_one_that_others_compute() {
    // Computed by OpenSSL: version 0x13, m=19456, t=2, p=1, `secret` the pepper.
    let cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };
    let mut bench = Vec::new();
    for _ in 0..2 {
        let output =
            work::argon2id(&secret("correct horse"), b"saltsaltsaltsalt", b"pepper", (cost, &mut bench))
                .unwrap();
        assert_eq!(
            HEXLOWER.encode(&output),
            "74a4ea53aa21cbc7db316dcfc9e3f5eecc1c4e68a625edd5d89ed067220a3b50"
        );
    }
}

#[test]
fn another_pepper_makes_another_hash() {
    let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let hash =
        |pepper: &[u8]| work::argon2id(&secret("a"), &[1; 16], pepper, (cost, &mut Vec::new())).unwrap();
    assert_ne!(hash(b"one"), hash(b"two"));
    assert_eq!(hash(b"one"), hash(b"one"));
}

#[test]
fn used_memory_changes_nothing() {
    let small = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let large = Cost { memory_kib: 256, passes: 2, lanes: 2 };
    let mut bench = Vec::new();
    let fresh = work::argon2id(&secret("a"), &[1; 16], b"p", (small, &mut bench)).unwrap();
    work::argon2id(&secret("b"), &[2; 16], b"p", (large, &mut bench)).unwrap();
    assert_eq!(work::argon2id(&secret("a"), &[1; 16], b"p", (small, &mut bench)).unwrap(), fresh);
}

#[test]
fn a_cost_that_is_none_is_refused() {
    let cost = Cost { memory_kib: 1, passes: 0, lanes: 0 };
    assert!(work::argon2id(&secret("a"), &[1; 16], b"p", (cost, &mut Vec::new())).is_err());
}

#[test]
fn a_password_typed_on_another_keyboard_is_the_same() {
    assert_eq!(rules::normalise(&secret("ｐａｓｓ e\u{301}")).expose(), "pass \u{e9}");
    let long = "ä".repeat(5000);
    assert!(rules::normalise(&secret(&long)).expose().len() <= 4096);
}

#[test]
fn length_alone_is_demanded() {
    assert_eq!(fault("", &[]), Some(Fault::PasswordRequired));
    assert_eq!(fault("tYq7!mZ2#pLw9v", &[]), Some(Fault::PasswordTooShort { minimum: 15 }));
    assert_eq!(fault("correct horse battery staple 7", &["ada@example.com", "Ada"]), None);
    assert_eq!(fault(&"wuxif olan prebe ".repeat(20), &[]), Some(Fault::PasswordTooLong { maximum: 256 }));
    assert_eq!(fault(&"x".repeat(100_000), &[]), Some(Fault::PasswordTooLong { maximum: 256 }));
    // Characters count, not bytes.
    assert_eq!(fault("żółć gęślą jaźń pies", &[]), None);
}

#[test]
fn common_passwords_are_known_in_any_case() {
    for text in
        ["Correct Horse Battery Staple", "passwordpassword", "1QAZ2WSX3EDC4RFV", "qwertyuiopqwertyuiop"]
    {
        assert_eq!(fault(text, &[]), Some(Fault::PasswordTooCommon), "{text}");
    }
}

#[test]
fn what_is_known_of_the_customer_counts_little() {
    assert_eq!(fault("aaaaaaaaaaaaaaaaaaaa", &[]), Some(Fault::PasswordTooWeak));
    let own = "ada.lovelace@qorvex-engines.example";
    assert_eq!(fault(own, &[]), None);
    assert_eq!(fault(own, &[own]), Some(Fault::PasswordTooWeak));
}

#[test]
fn the_list_is_sorted_and_found_in_whole() {
    let lines: Vec<&str> = common::lines().collect();
    assert!(lines.is_sorted());
    assert!(lines.iter().all(|line| line.len() >= 8 && line.is_ascii()));
    assert!(lines.iter().all(|line| common::is_common(&secret(line))));
    for other in ["", "a", "zzzzzzzzzzzzzzzzzz", "passwor", "password\n", "correct horse battery staple 7"] {
        assert!(!common::is_common(&secret(other)), "{other}");
    }
}

#[test]
fn a_password_rests_as_its_parts() {
    let cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };
    let password = Password {
        user: UserId::from_bytes([7; 16]),
        hashed: Hashed::new(cost, &[1; hash::SALT], &[2; hash::OUTPUT]),
        changed_at: Timestamp(1),
        epoch: Epoch::default(),
    };
    let item: serde_dynamo::Item = serde_dynamo::to_item(&password).unwrap();
    assert_eq!(item["algorithm"], serde_dynamo::AttributeValue::S("argon2id".to_owned()));
    let back: Password = serde_dynamo::from_item(item).unwrap();
    assert_eq!(back.hashed.cost, cost);
    assert_eq!((back.hashed.salt(), back.hashed.output()), (vec![1; 16], vec![2; 32]));
}
