//! The stacks that a template nests (`AWS::CloudFormation::Stack`): read from their files, with what they take as parameters put in
//! its place, so that every expression names a resource or a parameter of the whole.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Document, tree};
use super::values::single;
use super::{TemplateError, typed};

const STACK: &str = "AWS::CloudFormation::Stack";

/// What a name stands for: an expression of the whole.
type Bindings = BTreeMap<String, Value>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    #[serde(rename = "TemplateURL")]
    template_url: String,
    #[serde(default)]
    parameters: Bindings,
}

/// The template at `path`, then each stack that it nests. What is nested in those is not read.
pub(super) fn read(path: &Path) -> Result<Vec<Document>, TemplateError> {
    let whole = Document::parse(&text(path)?)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut nested = Vec::new();
    let mut outputs = Bindings::new();
    for (logical_id, resource) in whole.resources().filter(|(_, resource)| resource.kind == STACK) {
        let stack: Stack = typed(logical_id, &resource.properties)?;
        let tree = tree(&text(&folder.join(&stack.template_url))?)?;
        for (name, output) in tree["Outputs"].as_object().into_iter().flatten() {
            outputs.insert(format!("{logical_id}.Outputs.{name}"), output["Value"].clone());
        }
        nested.push((stack.parameters, tree));
    }
    let mut documents = vec![whole];
    for (parameters, mut tree) in nested {
        let bound = parameters.into_iter().map(|(name, value)| (name, follow(value, &outputs)));
        // What is said by conditions is not evaluated here: whoever runs the functions gives it a value.
        let bound = bound.filter(|(_, value)| value.is_string() || reference(value).is_some());
        bind(&mut tree, &bound.collect());
        documents.push(Document::of(tree)?);
    }
    Ok(documents)
}

fn text(path: &Path) -> Result<String, TemplateError> {
    std::fs::read_to_string(path)
        .map_err(|source| TemplateError::Unreadable { path: path.to_owned(), source })
}

/// `!GetAtt DataStack.Outputs.Table` is what that stack puts out; everything else stays.
fn follow(value: Value, outputs: &Bindings) -> Value {
    reference(&value).and_then(|name| outputs.get(&name)).cloned().unwrap_or(value)
}

/// Replaces every reference to a parameter by what it is bound to.
fn bind(value: &mut Value, bindings: &Bindings) {
    let bound = value.as_object().and_then(single).and_then(|(function, argument)| match function {
        "Ref" => bindings.get(argument.as_str()?).cloned(),
        "Fn::Sub" => Some(substitute(argument.as_str()?, bindings)),
        _ => None,
    });
    match bound {
        Some(bound) => *value = bound,
        None => match value {
            Value::Object(members) => members.values_mut().for_each(|member| bind(member, bindings)),
            Value::Array(items) => items.iter_mut().for_each(|item| bind(item, bindings)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        },
    }
}

/// A `Fn::Sub` of a stack, with `${parameter}` written as what it is bound to.
fn substitute(text: &str, bindings: &Bindings) -> Value {
    let mut text = text.to_owned();
    for (name, bound) in bindings {
        let written = match bound {
            Value::String(literal) => literal.clone(),
            other => reference(other).map(|name| format!("${{{name}}}")).unwrap_or_default(),
        };
        text = text.replace(&format!("${{{name}}}"), &written);
    }
    serde_json::json!({ "Fn::Sub": text })
}

/// What a `Ref` or a `Fn::GetAtt` names, as `Fn::Sub` writes it.
fn reference(value: &Value) -> Option<String> {
    match single(value.as_object()?)? {
        ("Ref", Value::String(name)) => Some(name.clone()),
        ("Fn::GetAtt", Value::Array(path)) => {
            let parts: Option<Vec<&str>> = path.iter().map(Value::as_str).collect();
            Some(parts?.join("."))
        }
        _ => None,
    }
}
