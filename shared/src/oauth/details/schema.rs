//! The part of JSON Schema (2020-12) that types of authorization details are declared with: docs/decisions/0007 says which and why. A
//! schema that uses more is not taken, so that none is believed to check what it does not.

use std::collections::BTreeMap;

use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Number, Value};

/// How deep a schema may be nested.
const DEPTH: usize = 8;
/// How large a pattern may become.
const PATTERN: usize = 64 * 1024;
/// Keywords that explain and check nothing.
const NOTES: [&str; 9] =
    ["$schema", "$id", "$comment", "title", "description", "default", "examples", "format", "deprecated"];

/// A schema that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It uses what is not known here.
    #[error("the keyword `{0}` is not one of those that are checked here")]
    Unknown(String),
    /// A keyword has a value that it cannot have.
    #[error("the keyword `{0}` cannot have this value")]
    Wrong(&'static str),
    /// It is nested too deep.
    #[error("the schema is nested too deep")]
    Deep,
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    fn find(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    fn has(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

/// What an object may have beside its declared properties.
#[derive(Clone, Debug, Default)]
enum Others {
    #[default]
    Any,
    None,
    Each(Box<Schema>),
}

/// The smallest and the largest.
type Bounds<T> = (Option<T>, Option<T>);

/// A schema, ready to check with.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    title: Option<String>,
    kinds: Vec<Kind>,
    values: Option<Vec<Value>>,
    properties: BTreeMap<String, Schema>,
    required: Vec<String>,
    others: Others,
    items: Option<Box<Schema>>,
    count: Bounds<u64>,
    unique: bool,
    length: Bounds<u64>,
    pattern: Option<Regex>,
    amount: Bounds<f64>,
    beyond: Bounds<f64>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// What cannot be used of it.
    pub fn parse(value: &Value) -> Result<Self, SchemaError> {
        Self::parse_at(value, 0)
    }

    fn parse_at(value: &Value, depth: usize) -> Result<Self, SchemaError> {
        if depth > DEPTH {
            return Err(SchemaError::Deep);
        }
        let keywords = match value {
            Value::Object(keywords) => keywords,
            Value::Bool(true) => return Ok(Self::default()),
            _ => return Err(SchemaError::Wrong("schema")),
        };
        let below = |value: &Value| Self::parse_at(value, depth + 1);
        let mut schema = Self::default();
        for (keyword, value) in keywords {
            match keyword.as_str() {
                "type" => schema.kinds = kinds(value).ok_or(SchemaError::Wrong("type"))?,
                "enum" => schema.values = Some(value.as_array().ok_or(SchemaError::Wrong("enum"))?.clone()),
                "const" => schema.values = Some(vec![value.clone()]),
                "properties" => {
                    let properties = value.as_object().ok_or(SchemaError::Wrong("properties"))?;
                    for (name, value) in properties {
                        schema.properties.insert(name.clone(), below(value)?);
                    }
                }
                "required" => schema.required = texts(value).ok_or(SchemaError::Wrong("required"))?,
                "additionalProperties" => {
                    schema.others = match value {
                        Value::Bool(false) => Others::None,
                        value => Others::Each(Box::new(below(value)?)),
                    }
                }
                "items" => schema.items = Some(Box::new(below(value)?)),
                "minItems" => schema.count.0 = Some(natural(value, "minItems")?),
                "maxItems" => schema.count.1 = Some(natural(value, "maxItems")?),
                "uniqueItems" => schema.unique = value.as_bool().ok_or(SchemaError::Wrong("uniqueItems"))?,
                "minLength" => schema.length.0 = Some(natural(value, "minLength")?),
                "maxLength" => schema.length.1 = Some(natural(value, "maxLength")?),
                "pattern" => schema.pattern = Some(pattern(value).ok_or(SchemaError::Wrong("pattern"))?),
                "minimum" => schema.amount.0 = Some(number(value, "minimum")?),
                "maximum" => schema.amount.1 = Some(number(value, "maximum")?),
                "exclusiveMinimum" => schema.beyond.0 = Some(number(value, "exclusiveMinimum")?),
                "exclusiveMaximum" => schema.beyond.1 = Some(number(value, "exclusiveMaximum")?),
                note if NOTES.contains(&note) => {}
                unknown => return Err(SchemaError::Unknown(unknown.chars().take(64).collect())),
            }
        }
        schema.title = keywords.get("title").and_then(Value::as_str).map(str::to_owned);
        Ok(schema)
    }

    /// Whether `value` is as the schema has it.
    ///
    /// # Errors
    /// Where it is not, as a path of names and places.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let wrong = || String::new();
        if !self.kinds.is_empty() && !self.kinds.iter().any(|kind| kind.has(value)) {
            return Err(wrong());
        }
        if self.values.as_ref().is_some_and(|values| !values.iter().any(|one| same(one, value))) {
            return Err(wrong());
        }
        match value {
            Value::String(text) => self.check_text(text).then_some(()).ok_or_else(wrong),
            Value::Number(number) => self.check_number(number).then_some(()).ok_or_else(wrong),
            Value::Array(items) => self.check_items(items),
            Value::Object(members) => self.check_members(members),
            Value::Null | Value::Bool(_) => Ok(()),
        }
    }

    fn check_text(&self, text: &str) -> bool {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        within(self.length, length) && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    fn check_number(&self, number: &Number) -> bool {
        let number = number.as_f64().unwrap_or(f64::NAN);
        let (above, below) = self.beyond;
        within(self.amount, number)
            && above.is_none_or(|above| number > above)
            && below.is_none_or(|below| number < below)
    }

    fn check_items(&self, items: &[Value]) -> Result<(), String> {
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let again = |at: usize| items.iter().take(at).any(|earlier| same(earlier, &items[at]));
        if !within(self.count, count) || (self.unique && (1..items.len()).any(again)) {
            return Err(String::new());
        }
        let Some(schema) = &self.items else { return Ok(()) };
        items.iter().enumerate().try_for_each(|(at, item)| {
            schema.check(item).map_err(|path| format!("/{at}{path}"))
        })
    }

    fn check_members(&self, members: &Map<String, Value>) -> Result<(), String> {
        if let Some(missing) = self.required.iter().find(|name| !members.contains_key(*name)) {
            return Err(format!("/{missing}"));
        }
        members.iter().try_for_each(|(name, value)| {
            let checked = match (self.properties.get(name), &self.others) {
                (Some(schema), _) => schema.check(value),
                (None, Others::Each(schema)) => schema.check(value),
                (None, Others::Any) => Ok(()),
                (None, Others::None) => Err(String::new()),
            };
            checked.map_err(|path| format!("/{name}{path}"))
        })
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The schema of the member of this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Self> {
        self.properties.get(name)
    }

    /// The schema of the members of a list.
    #[must_use]
    pub fn items(&self) -> Option<&Self> {
        self.items.as_deref()
    }
}

fn within<T: PartialOrd>((least, most): Bounds<T>, value: T) -> bool {
    least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
}

/// Whether two values are one to JSON Schema: `1` and `1.0` are the same number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        (left, right) => left == right,
    }
}

fn kinds(value: &Value) -> Option<Vec<Kind>> {
    match value {
        Value::String(name) => Some(vec![Kind::find(name)?]),
        Value::Array(names) if !names.is_empty() => {
            names.iter().map(|name| Kind::find(name.as_str()?)).collect()
        }
        _ => None,
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn natural(value: &Value, keyword: &'static str) -> Result<u64, SchemaError> {
    value.as_u64().ok_or(SchemaError::Wrong(keyword))
}

fn number(value: &Value, keyword: &'static str) -> Result<f64, SchemaError> {
    value.as_f64().ok_or(SchemaError::Wrong(keyword))
}

fn pattern(value: &Value) -> Option<Regex> {
    RegexBuilder::new(value.as_str()?).size_limit(PATTERN).build().ok()
}
