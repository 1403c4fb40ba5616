//! The tables and queues of the template.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::document::Resource;
use super::values::Attribute;
use super::{TemplateError, typed};

/// A DynamoDB table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its logical id, such as `IdentitiesTable`.
    pub logical_id: String,
    /// Its primary key.
    pub keys: Keys,
    /// Its global secondary indexes, which project every attribute.
    pub indexes: Vec<Index>,
    /// The attribute by which items expire.
    pub ttl: Option<String>,
    /// What its stream carries, where it has one.
    pub stream: Option<StreamView>,
    attributes: Vec<AttributeDefinition>,
}

/// The key of a table or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The partition key's attribute.
    pub partition: String,
    /// The sort key's attribute, where there is one.
    pub sort: Option<String>,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub keys: Keys,
}

/// What a stream record carries, as DynamoDB writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StreamView {
    /// The key alone.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// The item before and after.
    NewAndOldImages,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its logical id, such as `EventsQueue`.
    pub logical_id: String,
    /// For how long a received message is hidden from others.
    pub visibility_timeout: Duration,
    /// Where messages go that are received in vain too often.
    pub redrive: Option<Redrive>,
}

/// When and where a queue gives up on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The logical id of the queue of dead letters.
    pub dead_letters: String,
    /// How often a message is received before it goes there.
    pub max_receives: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeDefinition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableProperties {
    attribute_definitions: Vec<AttributeDefinition>,
    key_schema: KeySchema,
    #[serde(default)]
    global_secondary_indexes: Vec<IndexProperties>,
    time_to_live_specification: Option<TimeToLive>,
    stream_specification: Option<Stream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexProperties {
    index_name: String,
    key_schema: KeySchema,
}

#[derive(Deserialize)]
#[serde(try_from = "Vec<KeyElement>")]
struct KeySchema(Keys);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: KeyType,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum KeyType {
    Hash,
    Range,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stream {
    stream_view_type: StreamView,
}

impl TryFrom<Vec<KeyElement>> for KeySchema {
    type Error = &'static str;

    fn try_from(elements: Vec<KeyElement>) -> Result<Self, Self::Error> {
        let find = |kind: KeyType| {
            let element = elements.iter().find(|element| element.key_type == kind);
            element.map(|element| element.attribute_name.clone())
        };
        let partition = find(KeyType::Hash).ok_or("a key schema without a partition key")?;
        Ok(Self(Keys { partition, sort: find(KeyType::Range) }))
    }
}

impl Table {
    pub(super) fn read(logical_id: &str, resource: &Resource) -> Result<Self, TemplateError> {
        let table: TableProperties = typed(logical_id, &resource.properties)?;
        let indexes = table.global_secondary_indexes.into_iter();
        Ok(Self {
            logical_id: logical_id.to_owned(),
            keys: table.key_schema.0,
            indexes: indexes
                .map(|index| Index { name: index.index_name, keys: index.key_schema.0 })
                .collect(),
            ttl: table.time_to_live_specification.map(|ttl| ttl.attribute_name),
            stream: table.stream_specification.map(|stream| stream.stream_view_type),
            attributes: table.attribute_definitions,
        })
    }

    /// The body of the `CreateTable` call that makes this table under `name`.
    #[must_use]
    pub fn create_request(&self, name: &str) -> Value {
        let attributes: Vec<Value> = self.attributes.iter().map(AttributeDefinition::json).collect();
        let mut request = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": self.keys.json(),
        });
        if !self.indexes.is_empty() {
            request["GlobalSecondaryIndexes"] = self.indexes.iter().map(Index::json).collect();
        }
        if let Some(view) = self.stream {
            request["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view.as_str()});
        }
        request
    }
}

impl AttributeDefinition {
    fn json(&self) -> Value {
        json!({"AttributeName": self.attribute_name, "AttributeType": self.attribute_type})
    }
}

impl Index {
    fn json(&self) -> Value {
        json!({
            "IndexName": self.name,
            "KeySchema": self.keys.json(),
            "Projection": {"ProjectionType": "ALL"},
        })
    }
}

impl Keys {
    fn json(&self) -> Value {
        let partition = json!({"AttributeName": self.partition, "KeyType": "HASH"});
        let sort = self.sort.as_ref();
        let sort = sort.map(|sort| json!({"AttributeName": sort, "KeyType": "RANGE"}));
        std::iter::once(partition).chain(sort).collect()
    }
}

impl StreamView {
    /// The name that DynamoDB gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueProperties {
    #[serde(default = "default_visibility")]
    visibility_timeout: u64,
    redrive_policy: Option<RedrivePolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: Attribute,
    max_receive_count: u32,
}

/// What SQS gives a queue that asks for nothing, in seconds.
const fn default_visibility() -> u64 {
    30
}

impl Queue {
    pub(super) fn read(logical_id: &str, resource: &Resource) -> Result<Self, TemplateError> {
        let queue: QueueProperties = typed(logical_id, &resource.properties)?;
        Ok(Self {
            logical_id: logical_id.to_owned(),
            visibility_timeout: Duration::from_secs(queue.visibility_timeout),
            redrive: queue.redrive_policy.map(|policy| Redrive {
                dead_letters: policy.dead_letter_target_arn.resource,
                max_receives: policy.max_receive_count,
            }),
        })
    }
}
