//! Less than was granted (RFC 9396 §6.1, §7): details of a token request, and those that belong to the APIs that a token is for.

use serde_json::{Map, Value};

use super::{Details, DetailsError, TYPE, check, type_of};
use crate::oauth::scope::Registry;

impl Details {
    /// The details in `text`, each no more than one that was granted; all of them where there is no `text`.
    pub(in crate::oauth) fn narrowed_to(&self, text: Option<&str>) -> Result<Self, DetailsError> {
        let Some(text) = text else { return Ok(self.clone()) };
        let asked = check::parse(text)?;
        if is_part(&asked, &self.0, is_within) {
            return Ok(Self(asked));
        }
        Err(DetailsError("asks for more than was granted".into()))
    }

    /// Those whose type belongs to one of `resources`.
    pub(in crate::oauth) fn of_resources(&self, registry: &Registry, resources: &[String]) -> Self {
        let belongs = |detail: &&Map<String, Value>| {
            let resource = registry.declared().resource_of(type_of(detail));
            resource.is_some_and(|resource| resources.iter().any(|one| one == resource))
        };
        Self(self.0.iter().filter(belongs).cloned().collect())
    }

    /// The APIs that their types belong to.
    pub(in crate::oauth) fn resources<'a>(&'a self, registry: &'a Registry) -> impl Iterator<Item = &'a str> {
        self.iter().filter_map(|(name, _)| registry.declared().resource_of(name))
    }
}

/// Whether `asked` allows no more than `granted`: it has the same members with the same values, but lists may be shorter. A member that
/// is left out could mean more, not less, so none may be.
fn is_within(asked: &Map<String, Value>, granted: &Map<String, Value>) -> bool {
    asked.len() == granted.len()
        && asked.get(TYPE) == granted.get(TYPE)
        && asked
            .iter()
            .all(|(name, value)| granted.get(name).is_some_and(|granted| is_value_within(value, granted)))
}

fn is_value_within(asked: &Value, granted: &Value) -> bool {
    match (asked, granted) {
        (Value::Array(asked), Value::Array(granted)) => {
            asked == granted || (!asked.is_empty() && is_part(asked, granted, PartialEq::eq))
        }
        (Value::Object(asked), Value::Object(granted)) => is_within(asked, granted),
        (asked, granted) => asked == granted,
    }
}

/// Whether each of `asked` is no more than one of `granted`, and each of these stands for one alone: what was granted once is not twice
/// allowed.
fn is_part<T>(asked: &[T], granted: &[T], is_within: impl Fn(&T, &T) -> bool) -> bool {
    let mut left: Vec<&T> = granted.iter().collect();
    asked.iter().all(|one| {
        let found = left.iter().position(|granted| is_within(one, granted));
        found.map(|at| left.swap_remove(at)).is_some()
    })
}
