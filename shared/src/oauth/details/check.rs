//! Reading `authorization_details` (RFC 9396 §2, §5): bounded in every way, and each as its type's schema has it.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{DetailTypes, Details, TYPE};
use crate::client::Client;

/// The longest parameter, in bytes: it goes into access tokens.
const LONGEST: usize = 8192;
/// The most details of one request.
const MOST: usize = 16;
/// How deep they may be nested, the list counted.
const DEPTH: usize = 8;
/// The longest name of a member, in bytes.
const LONGEST_NAME: usize = 64;
/// Numbers are kept as DynamoDB keeps them: within this many tens.
const TENS: f64 = 1e60;

/// Details that are not taken, in words for the client's developer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DetailsError(pub Cow<'static, str>);

/// The details in `text`, which `client` asks for.
///
/// # Errors
/// What is wrong with them.
pub fn check(types: &DetailTypes, client: &Client, text: &str) -> Result<Details, DetailsError> {
    let details = parse(text)?;
    for detail in &details {
        let name = detail.get(TYPE).and_then(Value::as_str).unwrap_or_default();
        let known = types.find(name).ok_or(said("a `type` of `authorization_details` is not known here"))?;
        if !client.authorization_details_types.iter().any(|own| own == name) {
            return Err(DetailsError(
                format!("the client may not ask for authorization details of the type `{name}`").into(),
            ));
        }
        let mut members = detail.clone();
        members.remove(TYPE);
        known.schema.check(&Value::Object(members)).map_err(|path| {
            let shown: String = path.chars().take(128).collect();
            DetailsError(format!("`authorization_details`: `{shown}` is not as the type `{name}` has it").into())
        })?;
    }
    Ok(Details(details))
}

fn said(words: &'static str) -> DetailsError {
    DetailsError(Cow::Borrowed(words))
}

/// The list in `text`, within bounds.
pub(super) fn parse(text: &str) -> Result<Vec<Map<String, Value>>, DetailsError> {
    if text.len() > LONGEST {
        return Err(DetailsError(format!("`authorization_details` is longer than {LONGEST} bytes").into()));
    }
    let list: Vec<Map<String, Value>> = serde_json::from_str(text)
        .map_err(|_| said("`authorization_details` must be a JSON list of objects (RFC 9396)"))?;
    if list.is_empty() || list.len() > MOST {
        return Err(DetailsError(format!("`authorization_details` must have 1 to {MOST} members").into()));
    }
    let sound = |detail: &Map<String, Value>| detail.get(TYPE).is_some_and(Value::is_string) && is_sound(detail, 2);
    if list.iter().all(sound) {
        Ok(list)
    } else {
        Err(said("`authorization_details`: a member without `type`, nested too deep, or with an odd name or number"))
    }
}

/// Whether it can rest as it is: names that DynamoDB takes, numbers that it keeps.
fn is_sound(members: &Map<String, Value>, depth: usize) -> bool {
    depth <= DEPTH
        && members.iter().all(|(name, value)| {
            let plain = !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
            plain && is_sound_value(value, depth + 1)
        })
}

fn is_sound_value(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => !text.contains('\0'),
        Value::Number(number) => is_sound_number(number),
        Value::Array(items) => depth <= DEPTH && items.iter().all(|item| is_sound_value(item, depth + 1)),
        Value::Object(members) => is_sound(members, depth),
    }
}

fn is_sound_number(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number == 0.0 || (1.0 / TENS..TENS).contains(&number.abs()))
}
