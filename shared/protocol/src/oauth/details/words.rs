//! Authorization details as a customer reads them: every member on a line of its own, by the titles of the type's schema.

use serde_json::{Map, Value};

use super::{Details, TYPE};
use crate::oauth::scope::Registry;
use crate::page::{Detail, DetailField};

impl Details {
    /// Each in words.
    pub fn words(&self, registry: &Registry) -> Vec<Detail> {
        let words = |(name, detail): (&str, &Map<String, Value>)| {
            let declared = registry.declared().find(name).map(|known| &known.declared);
            let mut fields = Vec::new();
            let members = detail.iter().filter(|(name, _)| *name != TYPE);
            list_members(&mut fields, (declared.map(|declared| &declared.schema), ""), members);
            Detail {
                title: declared.map_or_else(|| name.to_owned(), |declared| declared.title.clone()),
                fields,
            }
        };
        self.iter().map(words).collect()
    }
}

fn list_members<'a>(
    lines: &mut Vec<DetailField>,
    (schema, above): (Option<&Value>, &str),
    members: impl Iterator<Item = (&'a String, &'a Value)>,
) {
    for (name, value) in members {
        let below = schema.and_then(|schema| schema.get("properties")?.get(name));
        let own = below.and_then(|schema| schema.get("title")?.as_str()).unwrap_or(name);
        let label = if above.is_empty() { own.to_owned() } else { format!("{above} \u{b7} {own}") };
        list(lines, (below, &label), value);
    }
}

fn list(lines: &mut Vec<DetailField>, (schema, label): (Option<&Value>, &str), value: &Value) {
    match value {
        Value::Object(members) if !members.is_empty() => list_members(lines, (schema, label), members.iter()),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let below = schema.and_then(|schema| schema.get("items"));
            items.iter().for_each(|item| list(lines, (below, label), item));
        }
        Value::Array(items) if !items.is_empty() => {
            let texts: Vec<String> = items.iter().map(text).collect();
            lines.push(DetailField { label: label.to_owned(), value: texts.join(", ") });
        }
        value => lines.push(DetailField { label: label.to_owned(), value: text(value) }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
