//! Conditions and expressions: what a write demands, and how DynamoDB is told.

use std::collections::HashMap;

use super::{AttributeValue, Item};

/// What must hold for a write to happen.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The item is there.
    Exists,
    /// The item, or this attribute of it, is not there.
    Absent(&'static str),
    /// The attribute has this value.
    Equals(&'static str, AttributeValue),
    /// The attribute has another value, or is absent.
    Differs(&'static str, AttributeValue),
    /// The attribute is a number above this one.
    Above(&'static str, i64),
    /// The attribute is absent, or a number at most this one.
    AtMost(&'static str, i64),
    /// The attribute is there, a number at most this one.
    Past(&'static str, i64),
    /// One of both.
    Either(Box<Self>, Box<Self>),
}

impl Condition {
    /// The attribute is this number; absent, it is zero.
    pub fn number(attribute: &'static str, number: u64) -> Self {
        match number {
            0 => Self::AtMost(attribute, 0),
            number => Self::Equals(attribute, AttributeValue::N(number.to_string())),
        }
    }

    /// The attribute has the value of `text`.
    pub fn text(attribute: &'static str, text: impl Into<String>) -> Self {
        Self::Equals(attribute, AttributeValue::S(text.into()))
    }
}

/// An expression under construction, with its placeholders.
#[derive(Clone, Debug, Default)]
pub(super) struct Expression {
    sets: Vec<String>,
    adds: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: Item,
}

impl Expression {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn is_conditional(&self) -> bool {
        !self.conditions.is_empty()
    }

    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(super) fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.sets.push(format!("{name} = {value}"));
        self
    }

    pub(super) fn add(self, attribute: &str, amount: i64) -> Self {
        self.add_value(attribute, AttributeValue::N(amount.to_string()))
    }

    pub(super) fn add_value(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.adds.push(format!("{name} {value}"));
        self
    }

    pub(super) fn remove(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.removes.push(name);
        self
    }

    pub(super) fn when(mut self, conditions: &[Condition]) -> Self {
        for condition in conditions {
            let text = self.condition(condition);
            self.conditions.push(text);
        }
        self
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Exists => format!("attribute_exists({})", self.name("pk")),
            Condition::Absent(attribute) => format!("attribute_not_exists({})", self.name(attribute)),
            Condition::Equals(attribute, value) => {
                format!("{} = {}", self.name(attribute), self.value(value.clone()))
            }
            Condition::Differs(attribute, value) => {
                let name = self.name(attribute);
                format!("(attribute_not_exists({name}) OR {name} <> {})", self.value(value.clone()))
            }
            Condition::Above(attribute, bound) => {
                format!("{} > {}", self.name(attribute), self.value(AttributeValue::N(bound.to_string())))
            }
            Condition::AtMost(attribute, bound) => {
                let name = self.name(attribute);
                let value = self.value(AttributeValue::N(bound.to_string()));
                format!("(attribute_not_exists({name}) OR {name} <= {value})")
            }
            Condition::Past(attribute, bound) => {
                let name = self.name(attribute);
                format!("{name} <= {}", self.value(AttributeValue::N(bound.to_string())))
            }
            Condition::Either(left, right) => {
                format!("({} OR {})", self.condition(left), self.condition(right))
            }
        }
    }

    /// The finished expression, as requests take it.
    pub(super) fn finish(self) -> Finished {
        let clause = |verb: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{verb} {} ", parts.join(", ")),
        };
        Finished {
            update: [clause("SET", &self.sets), clause("ADD", &self.adds), clause("REMOVE", &self.removes)]
                .concat(),
            condition: (!self.conditions.is_empty()).then(|| self.conditions.join(" AND ")),
            names: (!self.names.is_empty()).then_some(self.names),
            values: (!self.values.is_empty()).then_some(self.values),
        }
    }
}

/// A finished expression.
pub(super) struct Finished {
    pub(super) update: String,
    pub(super) condition: Option<String>,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<Item>,
}
