//! The catalogues are complete: each text exists in every language, and each is used.

use std::collections::{BTreeMap, BTreeSet};

use super::super::catalogue::{Catalogue, sources};
use super::super::{Fault, Locale, Message, Notice, template};
use super::{pages, samples};

/// The ids of a language's texts, with the values that each mentions.
fn texts(locale: Locale) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut texts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let (mut id, mut key) = (String::new(), String::new());
    for line in sources(locale).iter().flat_map(|source| source.lines()) {
        let name = line.split(" =").next().unwrap_or_default();
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            id = name.to_owned();
            key = id.clone();
        } else if line.starts_with("    .") {
            key = format!("{id}{}", name.trim_start());
        }
        let values = line.split('$').skip(1);
        let values = values.filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
        texts.entry(key.clone()).or_default().extend(values);
    }
    texts.remove("");
    texts
}

/// The ids that templates name: `t("id"`, and the beginnings of composed ones: `t("scope-" ~`.
fn named_in_templates() -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let sources = template::FILES.iter().map(|(_, source)| *source);
    let calls =
        sources.flat_map(|source| source.match_indices("t(\"").map(move |(at, _)| source.split_at(at)));
    let texts = calls.filter(|(before, _)| !before.ends_with("asse"));
    let literals = texts.filter_map(|(_, call)| call.strip_prefix("t(\"")?.split_once('"'));
    let (composed, whole): (Vec<_>, Vec<_>) = literals.partition(|(_, rest)| rest.starts_with(" ~"));
    let ids = |pairs: Vec<(&'static str, &str)>| pairs.into_iter().map(|(id, _)| id).collect();
    (ids(whole), ids(composed))
}

fn named_in_code() -> Vec<String> {
    let mut ids = vec!["email".to_owned(), "phone".to_owned(), "username".to_owned()];
    let scopes = ["openid", "profile", "email", "phone", "address", "offline_access", "account"];
    ids.extend(scopes.map(|scope| format!("scope-{scope}")));
    ids.extend(Fault::samples().iter().map(|fault| fault.id().to_owned()));
    ids.extend(Notice::samples().iter().map(|notice| notice.id().to_owned()));
    let mails = samples::messages().into_iter().filter(|m| !matches!(m, Message::VerifyPhone { .. }));
    ids.extend(mails.map(|message| format!("mail-{}-subject", message.id())));
    ids
}

#[test]
fn every_language_has_every_text_with_the_same_values() {
    assert_eq!(texts(Locale::En), texts(Locale::De));
}

#[test]
fn every_text_that_is_named_exists() {
    let catalogue = Catalogue::parse(Locale::En).unwrap();
    let named = named_in_templates().0.into_iter().map(str::to_owned).chain(named_in_code());
    let missing: Vec<String> = named.filter(|id| !catalogue.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_text_that_exists_is_named() {
    let (whole, composed) = named_in_templates();
    let code = named_in_code();
    let named = |id: &str| {
        let (message, _) = id.split_once('.').unwrap_or((id, ""));
        whole.contains(id)
            || code.iter().any(|known| known == message)
            || composed.iter().any(|start| !start.is_empty() && id.starts_with(start))
    };
    let texts = texts(Locale::En);
    let unused: Vec<&String> = texts.keys().filter(|id| !named(id)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_fault_and_notice_speaks_with_its_values() {
    let pages = pages("Latchkey");
    for locale in Locale::ALL {
        for fault in Fault::samples() {
            let text = pages.text(locale, fault.id(), &fault.args());
            assert_ne!(text, fault.id());
        }
        for notice in Notice::samples() {
            assert_ne!(pages.text(locale, notice.id(), &notice.args()), notice.id());
        }
    }
    assert_eq!(pages.text(Locale::En, "no-such-text", &[]), "no-such-text");
}
