//! The template as a document: YAML with CloudFormation's short tags, made plain JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::Tagged;

use super::{TemplateError, typed};

/// A template, with `!Ref x` written as `{"Ref": "x"}` and so on.
pub(super) struct Document {
    root: Value,
    resources: BTreeMap<String, Resource>,
}

/// One resource of the template.
#[derive(Deserialize)]
pub(super) struct Resource {
    #[serde(rename = "Type")]
    pub(super) kind: String,
    #[serde(rename = "Properties", default = "no_properties")]
    pub(super) properties: Value,
}

fn no_properties() -> Value {
    Value::Object(Map::new())
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        Self::of(tree(text)?)
    }

    pub(super) fn of(root: Value) -> Result<Self, TemplateError> {
        let resources = read_resources(&root)?;
        Ok(Self { root, resources })
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &Resource)> {
        self.resources.iter().map(|(logical_id, resource)| (logical_id.as_str(), resource))
    }

    /// The properties that every function has unless it says otherwise.
    pub(super) fn function_globals(&self) -> &Value {
        &self.root["Globals"]["Function"]
    }

    pub(super) fn parameter_defaults(&self) -> BTreeMap<String, String> {
        let parameters = self.root["Parameters"].as_object();
        parameters
            .into_iter()
            .flatten()
            .filter_map(|(name, parameter)| {
                let default = match parameter.get("Default")? {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Some((name.clone(), default))
            })
            .collect()
    }
}

/// YAML with CloudFormation's short tags as JSON.
pub(super) fn tree(text: &str) -> Result<Value, TemplateError> {
    let node: Node =
        serde_saphyr::from_str(text).map_err(|error| TemplateError::Malformed(Box::new(error)))?;
    Ok(node.0)
}

/// Loops (`Fn::ForEach::…`) are passed over: they hold alarms, which this host has none of.
fn read_resources(root: &Value) -> Result<BTreeMap<String, Resource>, TemplateError> {
    let all: Map<String, Value> = typed("Resources", &root["Resources"])?;
    all.iter()
        .filter(|(logical_id, _)| !logical_id.starts_with("Fn::ForEach::"))
        .map(|(logical_id, resource)| Ok((logical_id.clone(), typed(logical_id, resource)?)))
        .collect()
}

/// A YAML node as JSON, its tag included.
struct Node(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(value), tag) = Tagged::deserialize(deserializer)?;
        Ok(Self(match tag.as_deref().and_then(|tag| tag.strip_prefix('!')) {
            Some(function) => long_form(function, value),
            None => value,
        }))
    }
}

/// `!GetAtt a.b` is `{"Fn::GetAtt": ["a", "b"]}`; `Ref` and `Condition` have no `Fn::` before them.
fn long_form(function: &str, value: Value) -> Value {
    let (name, value) = match (function, value) {
        ("Ref" | "Condition", value) => (function.to_owned(), value),
        ("GetAtt", Value::String(path)) => {
            let parts = path.splitn(2, '.').map(Value::from).collect();
            ("Fn::GetAtt".to_owned(), Value::Array(parts))
        }
        (_, value) => (format!("Fn::{function}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

/// A YAML node as JSON, but for its own tag.
struct Untagged(Value);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Self)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML node")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut nodes: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Node(value)) = nodes.next_element()? {
            items.push(value);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut nodes: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((key, Node(value))) = nodes.next_entry::<String, Node>()? {
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}
