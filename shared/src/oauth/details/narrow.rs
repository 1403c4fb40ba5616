//! Less than was granted (RFC 9396 §6.1, §7): details of a token request, and those that belong to the APIs that a token is for.

use serde_json::{Map, Value};

use super::{DetailTypes, Details, TYPE, check};

impl Details {
    /// The details in `text`, each no more than one that was granted.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn narrowed_to(&self, text: &str) -> Result<Self, check::DetailsError> {
        let asked = check::parse(text)?;
        let granted = |one: &Map<String, Value>| self.0.iter().any(|granted| is_within(one, granted));
        if asked.iter().all(granted) {
            return Ok(Self(asked));
        }
        let words = "`authorization_details` asks for more than was granted";
        Err(check::DetailsError(words.into()))
    }

    /// Those whose type belongs to one of `resources`.
    #[must_use]
    pub fn of_resources(&self, types: &DetailTypes, resources: &[String]) -> Self {
        let belongs = |name: &str| {
            types.resource_of(name).is_some_and(|resource| resources.iter().any(|one| one == resource))
        };
        Self(self.iter().filter(|(name, _)| belongs(name)).map(|(_, detail)| detail.clone()).collect())
    }

    /// The APIs that their types belong to, each once.
    #[must_use]
    pub fn resources(&self, types: &DetailTypes) -> Vec<String> {
        let mut resources: Vec<String> = Vec::new();
        for resource in self.iter().filter_map(|(name, _)| types.resource_of(name)) {
            if !resources.iter().any(|known| known == resource) {
                resources.push(resource.to_owned());
            }
        }
        resources
    }
}

/// Whether `asked` allows no more than `granted`: it has the same members with the same values, but lists may be shorter. A member that
/// is left out could mean more, not less, so none may be.
fn is_within(asked: &Map<String, Value>, granted: &Map<String, Value>) -> bool {
    asked.len() == granted.len()
        && asked.get(TYPE) == granted.get(TYPE)
        && asked.iter().all(|(name, value)| granted.get(name).is_some_and(|granted| is_value_within(value, granted)))
}

fn is_value_within(asked: &Value, granted: &Value) -> bool {
    match (asked, granted) {
        (Value::Array(asked), Value::Array(granted)) => {
            !asked.is_empty() && asked.iter().all(|one| granted.contains(one)) || asked == granted
        }
        (Value::Object(asked), Value::Object(granted)) => is_within(asked, granted),
        (asked, granted) => asked == granted,
    }
}
