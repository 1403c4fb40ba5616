//! Rich authorization requests (RFC 9396): `authorization_details` say what exactly is to be allowed, each of a type that an API has
//! declared with a JSON Schema.

mod check;
mod declared;
mod narrow;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use check::DetailsError;
pub use declared::DetailType;

pub(super) use check::check;
pub(super) use declared::Declared;

/// The member that names the type (RFC 9396 §2).
const TYPE: &str = "type";

/// Authorization details that were checked, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Details(Vec<Map<String, Value>>);

impl Details {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With the others that are not among them yet.
    pub fn add(&mut self, others: &Self) {
        let news: Vec<_> = others.0.iter().filter(|detail| !self.0.contains(detail)).cloned().collect();
        self.0.extend(news);
    }

    /// Each with its type.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        self.0.iter().map(|detail| (type_of(detail), detail))
    }
}

fn type_of(detail: &Map<String, Value>) -> &str {
    // INVARIANT: what was checked has a type.
    detail.get(TYPE).and_then(Value::as_str).unwrap_or_default()
}
