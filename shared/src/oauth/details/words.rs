//! Authorization details as a customer reads them: every member on a line of its own, by the titles of the type's schema.

use serde_json::{Map, Value};

use super::schema::Schema;
use super::{DetailTypes, TYPE, type_of};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub label: String,
    /// What is asked for.
    pub value: String,
}

/// The lines of a detail, all of its members but the type. Nothing is left out or cut: who allows it has seen it.
#[must_use]
pub fn fields(types: &DetailTypes, detail: &Map<String, Value>) -> Vec<Field> {
    let schema = types.find(type_of(detail)).map(|known| &known.schema);
    let mut lines = Vec::new();
    list_members(&mut lines, (schema, ""), detail.iter().filter(|(name, _)| *name != TYPE));
    lines
}

fn list_members<'a>(
    lines: &mut Vec<Field>,
    (schema, above): (Option<&Schema>, &str),
    members: impl Iterator<Item = (&'a String, &'a Value)>,
) {
    for (name, value) in members {
        let below = schema.and_then(|schema| schema.property(name));
        let own = below.and_then(Schema::title).unwrap_or(name);
        let label = if above.is_empty() { own.to_owned() } else { format!("{above} \u{b7} {own}") };
        list(lines, (below, &label), value);
    }
}

fn list(lines: &mut Vec<Field>, (schema, label): (Option<&Schema>, &str), value: &Value) {
    match value {
        Value::Object(members) => list_members(lines, (schema, label), members.iter()),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let below = schema.and_then(Schema::items);
            items.iter().for_each(|item| list(lines, (below, label), item));
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(text).collect();
            lines.push(Field { label: label.to_owned(), value: texts.join(", ") });
        }
        value => lines.push(Field { label: label.to_owned(), value: text(value) }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
