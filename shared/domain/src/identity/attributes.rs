//! Custom attributes: any JSON, within bounds that keep an account one small item.

use serde_json::{Map, Value};

const COUNT_LIMIT: usize = 100;
const NAME_LIMIT: usize = 64;
const DEPTH_LIMIT: usize = 5;
const SIZE_LIMIT: usize = 16 * 1024;

/// Attributes that are out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// Too many.
    #[error("there are more than {COUNT_LIMIT} attributes")]
    Count,
    /// A name that is empty, too long, or of other characters than letters, digits, `_`, `-` and `.`.
    #[error("an attribute's name has 1 to {NAME_LIMIT} letters, digits, `_`, `-` or `.`")]
    Name,
    /// Nested too deeply.
    #[error("an attribute is nested more than {DEPTH_LIMIT} levels deep")]
    Depth,
    /// Too large in all.
    #[error("the attributes are larger than {SIZE_LIMIT} bytes")]
    Size,
}

/// Refuses attributes that are out of bounds.
///
/// # Errors
/// Which bound.
pub fn check_attributes(attributes: &Map<String, Value>) -> Result<(), AttributesError> {
    let named = |name: &String| {
        (1..=NAME_LIMIT).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    if attributes.len() > COUNT_LIMIT {
        Err(AttributesError::Count)
    } else if !attributes.keys().all(named) {
        Err(AttributesError::Name)
    } else if attributes.values().any(|value| deeper_than(value, DEPTH_LIMIT)) {
        Err(AttributesError::Depth)
    } else if serde_json::to_vec(attributes).map_or(usize::MAX, |bytes| bytes.len()) > SIZE_LIMIT {
        Err(AttributesError::Size)
    } else {
        Ok(())
    }
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    let mut inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Object(members) => Box::new(members.values()),
        Value::Array(elements) => Box::new(elements.iter()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return false,
    };
    levels == 0 || inner.any(|value| deeper_than(value, levels - 1))
}
