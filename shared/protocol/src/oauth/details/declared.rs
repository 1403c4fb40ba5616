//! The types of authorization details that APIs declare, each with a JSON Schema (2020-12).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::oauth::scope::Resource;

/// How large a pattern of a schema may become, in bytes.
const PATTERN: usize = 64 * 1024;

/// A type of authorization details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailType {
    /// Its name: the `type` of such details.
    pub name: String,
    /// What a customer reads on the consent page.
    pub title: String,
    /// What such details are, `type` included: a JSON Schema that refers to nothing outside. The titles of its properties are what a
    /// customer reads of each member.
    pub schema: Value,
}

impl DetailType {
    /// What is wrong with its schema, if it cannot be used: nobody could be granted such details.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        compile(&self.schema).err().map(|error| error.to_string())
    }
}

/// A type that is ready to check with.
#[derive(Debug)]
pub(in crate::oauth) struct Known {
    pub(super) declared: DetailType,
    /// The API that it belongs to.
    pub(super) resource: String,
    /// Made when first needed; none where it cannot be used.
    schema: OnceLock<Option<Validator>>,
}

impl Known {
    /// What of `detail` is not as the type has it, without repeating any of it. What cannot be checked is not granted.
    pub(super) fn fault(&self, detail: &Value) -> Option<String> {
        let Some(schema) = self.schema.get_or_init(|| compile(&self.declared.schema).ok()) else {
            return Some("has a schema that cannot be used".to_owned());
        };
        let error = schema.validate(detail).err()?;
        // The characters that RFC 6749 §5.2 allows in a description: the names are whoever asks chose.
        let plain = |char: &char| matches!(char, ' '..='~') && !matches!(char, '"' | '\\');
        let place: String = error.instance_path().to_string().chars().filter(plain).take(128).collect();
        let place = if place.is_empty() { "it".to_owned() } else { format!("`{place}`") };
        if let ValidationErrorKind::Required { property: Value::String(name) } = error.kind() {
            return Some(format!("{place} lacks the member `{name}` that its schema requires"));
        }
        Some(format!("{place} does not keep to `{}` of its schema", error.kind().keyword()))
    }
}

/// Patterns run in linear time: who asks chooses what they are matched with.
fn compile(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN))
        .should_validate_formats(true)
        .build(schema)
}

/// Every type of a deployment, by name; of two with one name the first counts.
#[derive(Debug, Default)]
pub(in crate::oauth) struct Declared(BTreeMap<String, Known>);

impl Declared {
    pub(in crate::oauth) fn of(resources: &[Resource]) -> Self {
        let mut known = BTreeMap::new();
        for resource in resources {
            for declared in &resource.authorization_details {
                known.entry(declared.name.clone()).or_insert_with(|| Known {
                    declared: declared.clone(),
                    resource: resource.identifier.clone(),
                    schema: OnceLock::new(),
                });
            }
        }
        Self(known)
    }

    pub(in crate::oauth) fn find(&self, name: &str) -> Option<&Known> {
        self.0.get(name)
    }

    pub(in crate::oauth) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The API that the type of this name belongs to.
    pub(in crate::oauth) fn resource_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(|known| known.resource.as_str())
    }
}
