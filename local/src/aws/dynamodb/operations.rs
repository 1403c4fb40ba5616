//! The operations of `DynamoDB_20120810` and `DynamoDBStreams_20120810`, by name.
use dynoxide::DynoxideError;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Tables;
use crate::aws::wire::{Refusal, write};

/// Carries out one operation; whoever waits for writes hears of a successful one.
pub(in crate::aws) fn perform(tables: &Tables, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let answer = run(tables, operation, body)?;
    if writes(operation) {
        tables.announce();
    }
    Ok(answer)
}

fn run(tables: &Tables, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let db = &tables.database;
    let call = Call { operation, body };
    match operation {
        "GetItem" => call.to(|request| db.get_item(request)),
        "PutItem" => call.to(|request| db.put_item(request)),
        "UpdateItem" => call.to(|request| db.update_item(request)),
        "DeleteItem" => call.to(|request| db.delete_item(request)),
        "Query" => {
            refuse_empty_keys(body)?;
            call.to(|request| db.query(request))
        }
        "Scan" => call.to(|request| db.scan(request)),
        "BatchGetItem" => call.to(|request| db.batch_get_item(request)),
        "BatchWriteItem" => call.to(|request| db.batch_write_item(request)),
        "TransactGetItems" => call.to(|request| db.transact_get_items(request)),
        "TransactWriteItems" => call.to(|request| db.transact_write_items(request)),
        "CreateTable" => call.to(|request| db.create_table(request)),
        "DescribeTable" => call.to(|request| db.describe_table(request)),
        "UpdateTable" => call.to(|request| db.update_table(request)),
        "DeleteTable" => call.to(|request| db.delete_table(request)),
        "ListTables" => call.to(|request| db.list_tables(request)),
        "UpdateTimeToLive" => call.to(|request| db.update_time_to_live(request)),
        "DescribeTimeToLive" => call.to(|request| db.describe_time_to_live(request)),
        "ListStreams" => call.to(|request| db.list_streams(request)),
        "DescribeStream" => call.to(|request| db.describe_stream(request)),
        "GetShardIterator" => call.to(|request| db.get_shard_iterator(request)),
        "GetRecords" => call.to(|request| db.get_records(request)),
        "ExecuteStatement" => call.to(|request| db.execute_statement(request)),
        "ExecuteTransaction" => call.to(|request| db.execute_transaction(request)),
        "BatchExecuteStatement" => call.to(|request| db.batch_execute_statement(request)),
        "TagResource" => call.to(|request| db.tag_resource(request)),
        "UntagResource" => call.to(|request| db.untag_resource(request)),
        "ListTagsOfResource" => call.to(|request| db.list_tags_of_resource(request)),
        _ => Err(Refusal::unknown_operation()),
    }
}

/// DynamoDB compares no key with an empty text; dynoxide does.
fn refuse_empty_keys(query: &[u8]) -> Result<(), Refusal> {
    let query: Value = serde_json::from_slice(query).unwrap_or_default();
    let condition = query["KeyConditionExpression"].as_str().unwrap_or_default();
    let of_condition =
        |name: &str| condition.split(|at: char| " ,()=<>".contains(at)).any(|word| word == name);
    let values = query["ExpressionAttributeValues"].as_object().into_iter().flatten();
    match values.into_iter().find(|(name, value)| value["S"] == "" && of_condition(name)) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            "com.amazon.coral.validate#ValidationException",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value.",
        )),
    }
}

/// Whether an operation can leave a record in a stream.
pub(in crate::aws) fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "BatchWriteItem"
            | "TransactWriteItems"
            | "ExecuteStatement"
            | "ExecuteTransaction"
            | "BatchExecuteStatement"
    )
}

/// One request, before it is known what it should hold.
struct Call<'a> {
    operation: &'a str,
    body: &'a [u8],
}

impl Call<'_> {
    fn to<Q: DeserializeOwned, A: Serialize>(
        &self,
        act: impl FnOnce(Q) -> dynoxide::Result<A>,
    ) -> Result<Vec<u8>, Refusal> {
        let request =
            serde_json::from_slice(self.body).map_err(|error| self.unreadable(&error.to_string()))?;
        let answer = act(request).map_err(|error| self.refusal(error))?;
        write(&answer)
    }

    /// dynoxide's types mark in their messages which error a value that they cannot read is.
    fn unreadable(&self, message: &str) -> Refusal {
        type Error = fn(String) -> DynoxideError;
        const MARKS: [(&str, Error); 5] = [
            ("VALIDATION_REQUEST:", DynoxideError::EnvelopedValidation),
            ("VALIDATION_AS_READ:", DynoxideError::ValidationException),
            ("VALIDATION:", DynoxideError::ValidationException),
            ("SERIALIZATION_AS_READ:", DynoxideError::SerializationException),
            ("SERIALIZATION:", DynoxideError::SerializationException),
        ];
        const VALIDATION: [&str; 4] =
            ["missing field", "unknown variant", "invalid type: null", "Supplied AttributeValue"];
        let message = message.rsplit_once(" at line ").map_or(message, |(head, _position)| head);
        for (mark, error) in MARKS {
            if let Some(message) = message.strip_prefix(mark) {
                return self.refusal(error(message.to_owned()));
            }
        }
        let is_validation = VALIDATION.iter().any(|phrase| message.contains(phrase));
        self.refusal(match is_validation {
            true => DynoxideError::ValidationException(message.to_owned()),
            false => DynoxideError::SerializationException(message.to_owned()),
        })
    }

    fn refusal(&self, error: DynoxideError) -> Refusal {
        let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let refusal = Refusal::new(error.error_type(), error.to_string()).with_status(status);
        match error {
            DynoxideError::TransactionCanceledException(_, reasons) => {
                refusal.with("CancellationReasons", serde_json::to_value(reasons).unwrap_or_default())
            }
            DynoxideError::ConditionalCheckFailedException(_, Some(item)) => {
                refusal.with("Item", serde_json::to_value(item).unwrap_or(Value::Null))
            }
            DynoxideError::EnvelopedValidation(message) if self.envelopes() => {
                Refusal { message: format!("1 validation error detected: {message}"), ..refusal }
            }
            _ => refusal,
        }
    }

    /// DynamoDB wraps request validation errors on these three alone.
    fn envelopes(&self) -> bool {
        matches!(self.operation, "PutItem" | "UpdateItem" | "DeleteItem")
    }
}
