//! What authorization details promise.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::client::Client;
use crate::clock::Timestamp;

fn payment() -> DetailType {
    DetailType {
        name: "payment_initiation".to_owned(),
        resource: "urn:bank".to_owned(),
        title: "Make a payment".to_owned(),
        schema: json!({
            "type": "object",
            "required": ["amount", "creditor"],
            "additionalProperties": false,
            "properties": {
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

fn types() -> DetailTypes {
    let free = DetailType {
        name: "free".to_owned(),
        resource: "urn:other".to_owned(),
        title: "Anything".to_owned(),
        schema: json!(true),
    };
    DetailTypes::new(vec![payment(), free])
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
    check(&types(), &client(), &details.to_string())
}

#[test]
fn details_are_as_their_type_has_them() {
    assert_eq!(checked(&json!([good()])).unwrap().to_value(), Some(json!([good()])));
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
        json!([{ "type": "free", "a": [[[[[[[1]]]]]]] }]),
        json!(vec![json!({ "type": "free" }); 17]),
        json!([{ "type": "free", "a": "x".repeat(8192) }]),
    ] {
        assert!(checked(&wrong).is_err(), "{wrong}");
    }
    assert!(checked(&json!([{ "type": "free", "a": [[{ "b": -1.5 }]] }])).is_ok());
    let stranger = Client::new("acme", Timestamp(1));
    assert!(check(&types(), &stranger, &json!([good()]).to_string()).is_err());
}

#[test]
fn a_token_may_have_less_and_never_more() {
    let granted = checked(&json!([good()])).unwrap();
    let narrowed = |detail: Value| granted.narrowed_to(&json!([detail]).to_string());
    assert!(narrowed(good()).is_ok());
    let mut less = good();
    less["actions"] = json!(["status"]);
    assert_eq!(narrowed(less.clone()).unwrap().to_value(), Some(json!([less])));
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
    let mut without = good();
    without.as_object_mut().unwrap().remove("creditor");
    assert!(narrowed(without).is_err(), "what is left out is not less");
}

#[test]
fn details_belong_to_the_api_of_their_type() {
    let details = checked(&json!([good(), { "type": "free" }])).unwrap();
    assert_eq!(details.resources(&types()), ["urn:bank", "urn:other"]);
    let bank = details.of_resources(&types(), &["urn:bank".to_owned()]);
    assert_eq!(bank.to_value(), Some(json!([good()])));
    assert_eq!(details.of_resources(&types(), &[]).to_value(), None);
}

#[test]
fn a_customer_reads_all_of_it() {
    let details = checked(&json!([good()])).unwrap();
    let (_, detail) = details.iter().next().unwrap();
    let lines: Vec<_> =
        fields(&types(), detail).into_iter().map(|field| format!("{}: {}", field.label, field.value)).collect();
    let expected =
        ["What may be done: initiate, status", "Amount \u{b7} Currency: EUR", "Amount \u{b7} value: 12.5", "To: Merchant"];
    assert_eq!(lines, expected);
    let nested = checked(&json!([{ "type": "free", "list": [{ "a": 1 }, { "a": true }] }])).unwrap();
    let (_, detail) = nested.iter().next().unwrap();
    let lines: Vec<_> = fields(&types(), detail).into_iter().map(|field| field.value).collect();
    assert_eq!(lines, ["1", "true"]);
}

#[test]
fn a_schema_that_is_not_understood_is_not_taken() {
    for wrong in [
        json!(false),
        json!([]),
        json!({ "$ref": "#/x" }),
        json!({ "anyOf": [] }),
        json!({ "type": "thing" }),
        json!({ "type": [] }),
        json!({ "pattern": "(" }),
        json!({ "pattern": "(?:(?:a{50}){50}){50}" }),
        json!({ "minLength": -1 }),
        json!({ "required": [1] }),
        json!({ "properties": { "a": { "not": {} } } }),
        json!({ "items": { "items": { "items": { "items": { "items": { "items": { "items": { "items": { "items": {} } } } } } } } } }),
    ] {
        assert!(Schema::parse(&wrong).is_err(), "{wrong}");
    }
    let broken = DetailType { schema: json!({ "$ref": "#" }), ..payment() };
    assert!(DetailTypes::new(vec![broken]).find("payment_initiation").is_none());
}

#[test]
fn numbers_are_one_however_they_are_written() {
    let schema = Schema::parse(&json!({ "enum": [1, { "a": [2.0] }] })).unwrap();
    assert!(schema.check(&json!(1.0)).is_ok() && schema.check(&json!({ "a": [2] })).is_ok());
    assert!(schema.check(&json!(1.5)).is_err());
    let integer = Schema::parse(&json!({ "type": ["integer", "null"] })).unwrap();
    assert!(integer.check(&json!(3.0)).is_ok() && integer.check(&json!(null)).is_ok());
    assert!(integer.check(&json!(3.5)).is_err());
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
        let granted = checked(&json!([good()])).unwrap();
        for text in [text, value.to_string(), json!([value]).to_string()] {
            if let Ok(details) = check(&types(), &client(), &text) {
                prop_assert!(details.iter().all(|(name, _)| types().find(name).is_some()));
                for (_, detail) in details.iter() {
                    fields(&types(), detail);
                }
            }
            if let Ok(narrowed) = granted.narrowed_to(&text) {
                prop_assert!(checked(&narrowed.to_value().unwrap()).is_ok());
            }
        }
    }

    #[test]
    fn hostile_schemas_never_panic(schema in json_value(), value in json_value()) {
        if let Ok(schema) = Schema::parse(&schema) {
            let _ = schema.check(&value);
        }
    }
}
