//! What authorization details promise.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::oauth::scope::{Registry, Resource};

fn payment() -> DetailType {
    DetailType {
        name: "payment_initiation".to_owned(),
        title: "Make a payment".to_owned(),
        schema: json!({
            "type": "object",
            "required": ["amount", "creditor"],
            "additionalProperties": false,
            "properties": {
                "type": true,
                "actions": {
                    "title": "What may be done", "type": "array", "minItems": 1, "uniqueItems": true,
                    "items": { "enum": ["initiate", "status", "cancel"] },
                },
                "amount": {
                    "title": "Amount", "type": "object", "required": ["currency", "value"],
                    "additionalProperties": false,
                    "properties": {
                        "currency": { "title": "Currency", "type": "string", "pattern": "^[A-Z]{3}$" },
                        "value": { "type": "number", "exclusiveMinimum": 0, "maximum": 5000 },
                    },
                },
                "creditor": { "title": "To", "type": "string", "minLength": 1, "maxLength": 70 },
            },
        }),
    }
}

fn registry_of(types: Vec<(&str, DetailType)>) -> Registry {
    let resource = |(identifier, declared): (&str, DetailType)| Resource {
        identifier: identifier.to_owned(),
        name: identifier.to_owned(),
        scopes: Vec::new(),
        authorization_details: vec![declared],
    };
    Registry::new("https://id.example", types.into_iter().map(resource).collect())
}

fn registry() -> Registry {
    let free = DetailType { name: "free".to_owned(), title: "Anything".to_owned(), schema: json!(true) };
    registry_of(vec![("urn:bank", payment()), ("urn:other", free)])
}

fn client() -> Client {
    let mut client = Client::new("acme", Timestamp(1));
    client.authorization_details_types = vec!["payment_initiation".to_owned(), "free".to_owned()];
    client
}

fn good() -> Value {
    json!({
        "type": "payment_initiation", "actions": ["initiate", "status"],
        "amount": { "currency": "EUR", "value": 12.5 }, "creditor": "Merchant",
    })
}

fn checked(details: &Value) -> Result<Details, DetailsError> {
    check(&registry(), &client(), Some(&details.to_string()))
}

#[test]
fn details_are_as_their_type_has_them() {
    assert_eq!(checked(&json!([good()])).unwrap(), Details(vec![good().as_object().unwrap().clone()]));
    for (pointer, value) in [
        ("/creditor", json!("")),
        ("/creditor", json!("x".repeat(71))),
        ("/creditor", json!(7)),
        ("/actions", json!([])),
        ("/actions", json!(["initiate", "initiate"])),
        ("/actions", json!(["delete"])),
        ("/amount/currency", json!("eur")),
        ("/amount/currency", json!("\u{661}EUR")),
        ("/amount/value", json!(0)),
        ("/amount/value", json!(5000.5)),
        ("/amount/value", json!("12")),
        ("/amount", json!({ "currency": "EUR" })),
        ("/amount", json!({ "currency": "EUR", "value": 1, "tip": 1 })),
    ] {
        let mut wrong = good();
        *wrong.pointer_mut(pointer).unwrap() = value.clone();
        let error = checked(&json!([wrong])).unwrap_err();
        assert!(error.to_string().contains(pointer), "{pointer} {value}: {error}");
    }
}

#[test]
fn what_is_no_list_of_known_types_is_refused() {
    for wrong in [
        json!([]),
        json!({}),
        json!([1]),
        json!([{}]),
        json!([{ "type": 1 }]),
        json!([{ "type": "unknown" }]),
        json!([{ "type": "free", "": 1 }]),
        json!([{ "type": "free", "x".repeat(65): 1 }]),
        json!([{ "type": "free", "a": 1e300 }]),
        json!([{ "type": "free", "a": "\0" }]),
        json!([{ "type": "free", "a": ["12\u{202e}05"] }]),
        json!([{ "type": "free", "a": { "line\nfeed": 1 } }]),
        json!([{ "type": "free", "a": [[[[[[[1]]]]]]] }]),
        json!(vec![json!({ "type": "free" }); 17]),
        json!([{ "type": "free", "a": "x".repeat(4096) }]),
    ] {
        assert!(checked(&wrong).is_err(), "{wrong}");
    }
    assert!(checked(&json!([{ "type": "free", "a": [[{ "b": -1.5 }]] }])).is_ok());
    let stranger = Client::new("acme", Timestamp(1));
    let refused = check(&registry(), &stranger, Some(&json!([good()]).to_string())).unwrap_err();
    assert_eq!(
        refused,
        checked(&json!([{ "type": "unknown" }])).unwrap_err(),
        "nobody learns of others' types"
    );
}

#[test]
fn an_error_repeats_nothing_of_what_was_asked() {
    let mut wrong = good();
    wrong["creditor"] = json!({ "iban": "DE02" });
    let error = checked(&json!([wrong])).unwrap_err().to_string();
    assert!(error.contains("/creditor") && error.contains("type") && !error.contains("DE02"), "{error}");
}

#[test]
fn a_token_may_have_less_and_never_more() {
    let granted = checked(&json!([good()])).unwrap();
    let narrowed = |detail: Value| granted.narrowed_to(&registry(), Some(&json!([detail]).to_string()));
    assert_eq!(granted.narrowed_to(&registry(), None).unwrap(), granted);
    assert!(narrowed(good()).is_ok());
    let mut less = good();
    less["actions"] = json!(["status"]);
    assert_eq!(json!(narrowed(less.clone()).unwrap()), json!([less]));
    for (member, value) in [
        ("actions", json!(["initiate", "cancel"])),
        ("actions", json!([])),
        ("amount", json!({ "currency": "EUR", "value": 13 })),
        ("creditor", json!("Thief")),
        ("type", json!("free")),
    ] {
        let mut more = good();
        more[member] = value;
        assert!(narrowed(more).is_err(), "{member}");
    }
    let twice = json!([good(), good()]).to_string();
    assert!(granted.narrowed_to(&registry(), Some(&twice)).is_err(), "one payment is not two");
    let mut doubled = good();
    doubled["actions"] = json!(["status", "status"]);
    assert!(narrowed(doubled).is_err(), "nor is one of a list");
    let mut without = good();
    without.as_object_mut().unwrap().remove("creditor");
    assert!(narrowed(without).is_err(), "what is left out is not less");
}

/// Of a list that excludes, a shorter one allows more; and what is shorter must still be as the type has it.
#[test]
fn a_list_may_be_shortened_where_its_type_says_that_this_is_less() {
    let list = json!({ "type": "array", "minItems": 2 });
    let mut narrowable = list.clone();
    narrowable["x-narrowable"] = json!(true);
    let declared = DetailType {
        name: "free".to_owned(),
        title: "Accounts".to_owned(),
        schema: json!({ "properties": {
            "accounts": narrowable, "excluded": list,
            "within": { "properties": { "accounts": narrowable, "actions": list } },
        } }),
    };
    let registry = registry_of(vec![("urn:other", declared)]);
    let detail = |member: &str, list: Value| {
        let three = json!(["a", "b", "c"]);
        let mut detail = json!({
            "type": "free", "accounts": three, "excluded": three, "privileges": three,
            "within": { "accounts": three, "actions": three },
        });
        *detail.pointer_mut(member).unwrap() = list;
        json!([detail]).to_string()
    };
    let granted = check(&registry, &client(), Some(&detail("/accounts", json!(["a", "b", "c"])))).unwrap();
    let narrowed = |member, list| granted.narrowed_to(&registry, Some(&detail(member, list))).is_ok();
    for member in ["/accounts", "/within/accounts", "/privileges"] {
        assert!(narrowed(member, json!(["a", "c"])), "{member}");
    }
    assert!(narrowed("/privileges", json!(["b"])));
    assert!(!narrowed("/accounts", json!(["b"])), "its type wants two");
    for member in ["/excluded", "/within/actions"] {
        assert!(!narrowed(member, json!(["a", "c"])), "{member}");
    }
}

#[test]
fn details_belong_to_the_api_of_their_type() {
    let (registry, details) = (registry(), checked(&json!([good(), { "type": "free" }])).unwrap());
    assert_eq!(registry.audience(&[], &details), ["urn:bank", "urn:other"]);
    assert_eq!(json!(details.of_resources(&registry, &["urn:bank".to_owned()])), json!([good()]));
    assert!(details.of_resources(&registry, &[]).is_empty());
}

#[test]
fn a_customer_reads_all_of_it() {
    let words = |details: Value| checked(&details).unwrap().words(&registry()).remove(0);
    let payment = words(json!([good()]));
    let lines: Vec<_> =
        payment.fields.into_iter().map(|field| format!("{}: {}", field.label, field.value)).collect();
    let expected = [
        "What may be done: initiate, status",
        "Amount \u{b7} Currency: EUR",
        "Amount \u{b7} value: 12.5",
        "To: Merchant",
    ];
    assert_eq!((payment.title.as_str(), lines), ("Make a payment", expected.map(str::to_owned).to_vec()));
    let nested = words(json!([{ "type": "free", "list": [{ "a": 1 }, { "a": true }] }]));
    let values: Vec<_> = nested.fields.into_iter().map(|field| field.value).collect();
    assert_eq!(values, ["1", "true"]);
    let empty = words(json!([{ "type": "free", "a": {}, "b": [{}, []], "c": [] }]));
    let lines: Vec<_> =
        empty.fields.into_iter().map(|field| format!("{}: {}", field.label, field.value)).collect();
    assert_eq!(lines, ["a: {}", "b: {}", "b: []", "c: []"], "nothing is left out");
}

#[test]
fn a_schema_that_cannot_be_used_grants_nothing() {
    for wrong in [
        json!([]),
        json!({ "$ref": "https://elsewhere.example/schema" }),
        json!({ "type": "thing" }),
        json!({ "properties": { "a": { "pattern": "(" } } }),
        json!({ "properties": { "a": { "pattern": "(?:(?:a{50}){50}){50}" } } }),
        json!({ "minLength": -1 }),
    ] {
        let broken = DetailType { schema: wrong.clone(), ..payment() };
        assert!(broken.fault().is_some(), "{wrong}");
        let registry = registry_of(vec![("urn:bank", broken)]);
        assert!(check(&registry, &client(), Some(&json!([good()]).to_string())).is_err(), "{wrong}");
    }
    assert_eq!(payment().fault(), None);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        let name = prop_oneof![any::<String>(), Just("type".to_owned()), Just("amount".to_owned())];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn hostile_details_never_panic_and_never_widen(text in any::<String>(), value in json_value()) {
        let (registry, granted) = (registry(), checked(&json!([good()])).unwrap());
        for text in [text, value.to_string(), json!([value]).to_string(), json!([{ "type": "free", "a": value }]).to_string()] {
            if let Ok(details) = check(&registry, &client(), Some(&text)) {
                prop_assert!(details.iter().all(|(name, _)| registry.declared().find(name).is_some()));
                details.words(&registry);
            }
            if let Ok(narrowed) = granted.narrowed_to(&registry, Some(&text)) {
                prop_assert!(checked(&json!(narrowed)).is_ok());
            }
        }
    }
}
