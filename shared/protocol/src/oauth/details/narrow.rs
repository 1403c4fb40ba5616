//! Less than was granted (RFC 9396 §6.1, §7): details of a token request, and those that belong to the APIs that a token is for.

use serde_json::{Map, Value};

use super::{Details, DetailsError, TYPE, check, type_of};
use crate::oauth::scope::Registry;

/// The lists of RFC 9396 §2.2 that say what is allowed: the fewer members, the less.
const GRANTS: [&str; 4] = ["locations", "actions", "datatypes", "privileges"];
/// What a schema says of a list of its own that is such a one.
const NARROWABLE: &str = "x-narrowable";

impl Details {
    /// The details in `text`, each no more than one that was granted and as its type has it; all of them where there is no `text`.
    pub(in crate::oauth) fn narrowed_to(
        &self,
        registry: &Registry,
        text: Option<&str>,
    ) -> Result<Self, DetailsError> {
        let Some(text) = text else { return Ok(self.clone()) };
        let asked = check::parse(text)?;
        let within = |asked: &Map<String, Value>, granted: &Map<String, Value>| {
            let known = registry.declared().find(type_of(granted));
            known.is_some_and(|known| is_within(asked, granted, Some(&known.declared.schema), true))
        };
        if !is_part(&asked, &self.0, within) {
            return Err(DetailsError("names what was not granted, or less in a way that could mean more: leave out whole details, or members of lists of what is allowed".into()));
        }
        check::as_declared(registry, &asked)?;
        Ok(Self(asked))
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

/// Whether `asked` allows no more than `granted`: it has the same members with the same values, but lists of what is allowed may be
/// shorter. A member that is left out could mean more, not less, so none may be; nor may a member of a list that excludes something.
fn is_within(
    asked: &Map<String, Value>,
    granted: &Map<String, Value>,
    schema: Option<&Value>,
    is_whole: bool,
) -> bool {
    let member = |(name, value): (&String, &Value)| {
        let below = schema.and_then(|schema| schema.get("properties")?.get(name));
        let narrowable = (is_whole && GRANTS.contains(&name.as_str())) || says_so(below);
        granted.get(name).is_some_and(|granted| is_value_within(value, granted, (below, narrowable)))
    };
    asked.len() == granted.len() && asked.get(TYPE) == granted.get(TYPE) && asked.iter().all(member)
}

fn says_so(schema: Option<&Value>) -> bool {
    schema.and_then(|schema| schema.get(NARROWABLE)) == Some(&Value::Bool(true))
}

fn is_value_within(asked: &Value, granted: &Value, (schema, narrowable): (Option<&Value>, bool)) -> bool {
    match (asked, granted) {
        (Value::Array(asked), Value::Array(granted)) if narrowable => {
            asked == granted || (!asked.is_empty() && is_part(asked, granted, PartialEq::eq))
        }
        (Value::Object(asked), Value::Object(granted)) => is_within(asked, granted, schema, false),
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
