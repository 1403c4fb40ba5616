//! What the description promises.

use std::collections::BTreeSet;

use serde_json::Value;

use super::DESCRIPTION;

const STACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../stacks");
/// What is our own: the customer's API, the steps of a sign-in, and the service itself.
const OURS: [&str; 9] =
    ["/v1/", "/signin", "/signup", "/verify", "/recover", "/device", "/approve", "/health", "/openapi.json"];

/// `GET /health` and so on, as the stacks route them.
fn routes() -> BTreeSet<String> {
    let stacks = std::fs::read_dir(STACKS).unwrap().map(|entry| entry.unwrap().path());
    let stacks = stacks.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let texts: Vec<String> = stacks.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter_map(|line| {
            let rest = line.split_once("RouteKey: ")?.1;
            // A key with braces in it is quoted.
            let key = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next()?,
                None => rest.split([',', '}']).next()?,
            };
            // HEAD goes without saying (RFC 9110 §9.3.2).
            let (_, path) = key.split_once(' ').filter(|(method, _)| *method != "HEAD")?;
            OURS.iter().any(|ours| path.starts_with(ours)).then(|| key.to_owned())
        })
        .collect()
}

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).unwrap()
}

fn operations(description: &Value) -> Vec<(String, &Value)> {
    let paths = description["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        })
        .collect()
}

#[test]
fn every_route_of_ours_is_described_and_none_other() {
    let description = description();
    let described: BTreeSet<String> = operations(&description).into_iter().map(|(route, _)| route).collect();
    assert!(described.len() > 20);
    assert_eq!(described, routes());
}

#[test]
fn operations_have_names_of_their_own_and_say_how_they_fail() {
    let description = description();
    let operations = operations(&description);
    let ids: BTreeSet<_> =
        operations.iter().map(|(_, operation)| operation["operationId"].as_str()).collect();
    assert_eq!(ids.len(), operations.len());
    for (route, operation) in operations {
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{route}");
        let responses = operation["responses"].as_object().unwrap();
        let fails = responses.keys().any(|status| status.starts_with('4'));
        assert!(fails || operation["tags"][0] == "Service", "{route}");
        let open = operation["security"].as_array().is_some_and(Vec::is_empty);
        assert_ne!(open, route.contains("/v1/"), "{route}");
    }
}

#[test]
fn every_parameter_of_a_path_is_described() {
    for (route, operation) in operations(&description()) {
        for name in route.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(parameters.iter().any(|one| one["name"] == name && one["in"] == "path"), "{route}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(value: &Value, root: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(root.pointer(pointer).is_some(), "{reference}");
                }
                members.values().for_each(|member| follow(member, root));
            }
            Value::Array(elements) => elements.iter().for_each(|element| follow(element, root)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let description = description();
    follow(&description, &description);
}
