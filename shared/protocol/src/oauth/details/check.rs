//! Reading `authorization_details` (RFC 9396 §2, §5): bounded in every way, and each as its type's schema has it.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{Details, TYPE, type_of};
use crate::client::Client;
use crate::oauth::scope::Registry;
use crate::page::is_plain;

/// The longest parameter, in bytes: it goes into access tokens.
const LONGEST: usize = 4096;
/// The most details of one request.
const MOST: usize = 16;
/// How deep they may be nested, the list counted.
const DEPTH: usize = 8;
/// The longest name of a member, in bytes.
const LONGEST_NAME: usize = 64;
/// Numbers are kept as DynamoDB keeps them: within this many tens.
const TENS: f64 = 1e60;

const UNKNOWN: &str = "a `type` is unknown here, or not one of the client's";

/// Details that are not taken, in words for the client's developer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`authorization_details`: {0}")]
pub struct DetailsError(pub(super) Cow<'static, str>);

impl DetailsError {
    fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self(words.into())
    }
}

/// The details in `text`, which `client` asks for; none where there is no `text`.
pub(in crate::oauth) fn check(
    registry: &Registry,
    client: &Client,
    text: Option<&str>,
) -> Result<Details, DetailsError> {
    let Some(text) = text else { return Ok(Details::default()) };
    let details = parse(text)?;
    // A type that others may ask for is told of no more than one that is not there.
    let own = |name: &str| client.authorization_details_types.iter().any(|own| own == name);
    if !details.iter().all(|detail| own(type_of(detail))) {
        return Err(DetailsError::new(UNKNOWN));
    }
    as_declared(registry, &details)?;
    Ok(Details(details))
}

/// That each of `details` is as its type's schema has it.
pub(super) fn as_declared(registry: &Registry, details: &[Map<String, Value>]) -> Result<(), DetailsError> {
    for detail in details {
        let name = type_of(detail);
        let known = registry.declared().find(name).ok_or_else(|| DetailsError::new(UNKNOWN))?;
        if let Some(fault) = known.fault(&Value::Object(detail.clone())) {
            return Err(DetailsError(format!("the type `{name}`: {fault}").into()));
        }
    }
    Ok(())
}

/// The list in `text`, within bounds.
pub(super) fn parse(text: &str) -> Result<Vec<Map<String, Value>>, DetailsError> {
    if text.len() > LONGEST {
        return Err(DetailsError(format!("longer than {LONGEST} bytes").into()));
    }
    let list: Vec<Map<String, Value>> =
        serde_json::from_str(text).map_err(|_| DetailsError::new("must be a JSON array of objects"))?;
    if list.is_empty() || list.len() > MOST {
        return Err(DetailsError(format!("must have 1 to {MOST} members").into()));
    }
    if !list.iter().all(|detail| detail.get(TYPE).is_some_and(Value::is_string)) {
        return Err(DetailsError::new("each needs a `type`"));
    }
    if list.iter().all(|detail| is_sound(detail, 2)) {
        Ok(list)
    } else {
        Err(DetailsError::new(
            "nested too deep, or with a name, a text or a number that cannot be kept or shown",
        ))
    }
}

/// Whether it can rest as it is, and be read as it is: names that DynamoDB takes, numbers that it keeps, plain texts.
fn is_sound(members: &Map<String, Value>, depth: usize) -> bool {
    depth <= DEPTH
        && members.iter().all(|(name, value)| {
            let plain = !name.is_empty() && name.len() <= LONGEST_NAME && is_plain(name);
            plain && is_sound_value(value, depth + 1)
        })
}

fn is_sound_value(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => is_plain(text),
        Value::Number(number) => is_sound_number(number),
        Value::Array(items) => depth <= DEPTH && items.iter().all(|item| is_sound_value(item, depth + 1)),
        Value::Object(members) => is_sound(members, depth),
    }
}

fn is_sound_number(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number == 0.0 || (1.0 / TENS..TENS).contains(&number.abs()))
}
