//! What the template's references stand for, and the expressions that hold them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::TemplateError;

/// What references stand for on this host: `IdentitiesTable`, `DataKey.Arn`, `AWS::Region`,
/// a parameter's name. A parameter that is not given has its default.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// Adds the value of a reference.
    #[must_use]
    pub fn with(mut self, reference: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(reference.into(), value.into());
        self
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(pairs.map(|(k, v)| (k.into(), v.into())).collect())
    }
}

/// Evaluates a string, a `Ref`, a `Fn::GetAtt` or a `Fn::Sub`.
pub(super) fn resolve(
    value: &Value,
    values: &Values,
    defaults: &BTreeMap<String, String>,
) -> Result<String, TemplateError> {
    let find = |reference: &str| {
        let found = values.0.get(reference).or_else(|| defaults.get(reference));
        found.cloned().ok_or_else(|| TemplateError::Unresolved(reference.to_owned()))
    };
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Object(call) => match single(call) {
            Some(("Ref", Value::String(reference))) => find(reference),
            Some(("Fn::GetAtt", Value::Array(path))) => find(&dotted(path)),
            Some(("Fn::Sub", Value::String(text))) => substitute(text, find),
            _ => Err(TemplateError::Expression(value.to_string())),
        },
        Value::Null | Value::Array(_) => Err(TemplateError::Expression(value.to_string())),
    }
}

/// The one member of an intrinsic function's call.
pub(super) fn single(call: &serde_json::Map<String, Value>) -> Option<(&str, &Value)> {
    let mut members = call.iter();
    match (members.next(), members.next()) {
        (Some((name, argument)), None) => Some((name, argument)),
        _ => None,
    }
}

fn dotted(path: &[Value]) -> String {
    let parts: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
    parts.join(".")
}

/// Replaces `${reference}`; `${!text}` stands for `${text}` itself.
fn substitute(
    text: &str,
    find: impl Fn(&str) -> Result<String, TemplateError>,
) -> Result<String, TemplateError> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((reference, after)) = after.split_once('}') else {
            return Err(TemplateError::Expression(text.to_owned()));
        };
        result.push_str(before);
        match reference.strip_prefix('!') {
            Some(literal) => result.push_str(&format!("${{{literal}}}")),
            None => result.push_str(&find(reference.trim())?),
        }
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

/// `!GetAtt resource.attribute`, of which the resource is kept.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Attribute {
    pub(super) resource: String,
}

impl TryFrom<Value> for Attribute {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let call = value.as_object().and_then(single);
        let resource = match call {
            Some(("Fn::GetAtt", path)) => path[0].as_str(),
            _ => None,
        };
        resource
            .map(|resource| Self { resource: resource.to_owned() })
            .ok_or("expected `!GetAtt` of a resource in this template")
    }
}
