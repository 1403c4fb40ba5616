//! Rich authorization requests (RFC 9396): `authorization_details` say what exactly is to be allowed, each of a type that an API has
//! declared with a schema.

mod check;
mod narrow;
mod registry;
mod schema;
#[cfg(test)]
mod tests;
mod words;

pub use check::{DetailsError, check};
pub use registry::{DeclareError, DetailType, DetailTypes, save_type, types};
pub use schema::{Schema, SchemaError};
pub use words::{Field, fields};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The member that names the type.
const TYPE: &str = "type";

/// Authorization details that were checked, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Details(Vec<Map<String, Value>>);

impl Details {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with its type.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        self.0.iter().map(|detail| (type_of(detail), detail))
    }

    /// As tokens and answers have them; `None` where there are none.
    #[must_use]
    pub fn to_value(&self) -> Option<Value> {
        let list = || Value::Array(self.0.iter().cloned().map(Value::Object).collect());
        (!self.is_empty()).then(list)
    }
}

fn type_of(detail: &Map<String, Value>) -> &str {
    // INVARIANT: what was checked has a type.
    detail.get(TYPE).and_then(Value::as_str).unwrap_or_default()
}
