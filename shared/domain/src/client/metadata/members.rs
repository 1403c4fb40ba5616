//! The members of the metadata as they come: an empty text says nothing, whatever the member, as with parameters (RFC 6749 §3.1). Forms
//! and libraries send one for what nobody filled in.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Metadata;

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Typed(#[serde(deserialize_with = "Metadata::deserialize")] Metadata);

        let members = Value::Object(deserializer.deserialize_map(Members)?);
        // The path of the member that is wrong is lost on the way through `Value`, so the message has it.
        let Typed(metadata) = serde_path_to_error::deserialize(members).map_err(D::Error::custom)?;
        Ok(metadata)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// Members that say something, each once.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object of client metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is repeated"));
            }
        }
        members.retain(|_, value| value.as_str() != Some(""));
        Ok(members)
    }
}
