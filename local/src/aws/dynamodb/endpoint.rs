//! Another DynamoDB in place of the embedded one, reached over HTTP: Amazon's DynamoDB Local.
use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use crate::aws::wire::{Refusal, random_id};
use crate::aws::{AwsError, REGION};

/// The two services, as `X-Amz-Target` names them.
const TABLES: &str = "DynamoDB_20120810";
const STREAMS: &str = "DynamoDBStreams_20120810";

/// The endpoint, with a database of its own for each stack: DynamoDB Local keeps one for each access key.
pub(in crate::aws) struct Endpoint {
    uri: Uri,
    authorization: HeaderValue,
    client: Client<HttpConnector, Full<Bytes>>,
    /// Tables that are made before the first request. Nobody can wait for them earlier: a stack is opened without waiting.
    declared: std::sync::Mutex<Vec<Value>>,
    made: Mutex<()>,
    /// Up to where each shard of a table's stream was consumed.
    consumed: std::sync::Mutex<BTreeMap<String, String>>,
}

impl Endpoint {
    pub(in crate::aws) fn new(url: &str) -> Result<Self, AwsError> {
        let refused = || AwsError::Refused {
            code: "InvalidEndpoint".to_owned(),
            message: format!("`{url}` is no URL of a DynamoDB"),
        };
        let key = random_id()?.replace('-', "");
        // Who it is matters, the signature does not.
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
        );
        Ok(Self {
            uri: url.parse::<Uri>().map_err(|_| refused())?,
            authorization: HeaderValue::try_from(authorization).map_err(|_| refused())?,
            client: Client::builder(TokioExecutor::new()).build_http(),
            declared: std::sync::Mutex::default(),
            made: Mutex::default(),
            consumed: std::sync::Mutex::default(),
        })
    }

    /// Has a table made before the first request. Its items do not expire by themselves: the endpoint would go by the system's
    /// time, and a test may have stopped the platform's.
    pub(in crate::aws) fn declare(&self, definition: Value) {
        lock(&self.declared).push(definition);
    }

    /// Carries out one operation.
    pub(in crate::aws) async fn perform(&self, operation: &str, body: Bytes) -> Result<Vec<u8>, Refusal> {
        self.make_tables().await?;
        let service = match operation {
            "ListStreams" | "DescribeStream" | "GetShardIterator" | "GetRecords" => STREAMS,
            _ => TABLES,
        };
        self.ask(service, operation, body).await
    }

    async fn make_tables(&self) -> Result<(), Refusal> {
        let _alone = self.made.lock().await;
        let declared = std::mem::take(&mut *lock(&self.declared));
        for definition in declared {
            self.ask(TABLES, "CreateTable", definition.to_string().into()).await?;
        }
        Ok(())
    }

    async fn ask(&self, service: &str, operation: &str, body: Bytes) -> Result<Vec<u8>, Refusal> {
        let request = Request::post(self.uri.clone())
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{service}.{operation}"))
            .body(Full::new(body))
            .map_err(|error| unreachable(&error))?;
        let response = self.client.request(request).await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| unreachable(&error))?.to_bytes();
        if status.is_success() { Ok(body.to_vec()) } else { Err(refusal(status, &body)) }
    }

    /// The oldest records of a table's stream that were not committed, as a Lambda's event holds them.
    pub(in crate::aws) async fn stream_batch(
        &self,
        table: &str,
        limit: usize,
    ) -> Result<Vec<Value>, AwsError> {
        self.make_tables().await?;
        let arn = self.stream_arn(table).await?;
        let stream = self.ask_stream("DescribeStream", json!({ "StreamArn": arn })).await?;
        for shard in stream["StreamDescription"]["Shards"].as_array().into_iter().flatten() {
            let shard = shard["ShardId"].as_str().unwrap_or_default();
            let mut iterator = json!({ "StreamArn": arn, "ShardId": shard });
            match lock(&self.consumed).get(&place(table, shard)) {
                Some(last) => {
                    iterator["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER".into();
                    iterator["SequenceNumber"] = last.as_str().into();
                }
                None => iterator["ShardIteratorType"] = "TRIM_HORIZON".into(),
            }
            let iterator = self.ask_stream("GetShardIterator", iterator).await?;
            let asked = json!({ "ShardIterator": iterator["ShardIterator"], "Limit": limit });
            let mut answer = self.ask_stream("GetRecords", asked).await?;
            let mut records = answer["Records"].as_array_mut().map(std::mem::take).unwrap_or_default();
            if !records.is_empty() {
                for record in &mut records {
                    record["eventSourceARN"] = arn.clone();
                    record["shard"] = shard.into();
                }
                return Ok(records);
            }
        }
        Ok(Vec::new())
    }

    /// Forgets a batch up to and with this record.
    pub(in crate::aws) fn stream_commit(&self, table: &str, record: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let sequence_number = text(&record["dynamodb"]["SequenceNumber"]);
        lock(&self.consumed).insert(place(table, &text(&record["shard"])), sequence_number);
    }

    async fn stream_arn(&self, table: &str) -> Result<Value, AwsError> {
        let asked = json!({ "TableName": table }).to_string();
        let answer = self.ask(TABLES, "DescribeTable", asked.into()).await?;
        let mut answer: Value = serde_json::from_slice(&answer)?;
        match answer["Table"]["LatestStreamArn"].take() {
            Value::Null => Err(AwsError::NoSuchRecord(table.to_owned())),
            arn => Ok(arn),
        }
    }

    async fn ask_stream(&self, operation: &str, asked: Value) -> Result<Value, AwsError> {
        let answer = self.ask(STREAMS, operation, asked.to_string().into()).await?;
        Ok(serde_json::from_slice(&answer)?)
    }
}

fn place(table: &str, shard: &str) -> String {
    format!("{table}/{shard}")
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn unreachable(error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(error, "DynamoDB's endpoint gave no answer");
    Refusal::new("InternalServerError", "internal failure").with_status(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What the endpoint says, with its message under one name whichever it chose.
fn refusal(status: StatusCode, body: &[u8]) -> Refusal {
    let mut shape: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let mut take = |name: &str| shape.remove(name).and_then(|value| value.as_str().map(str::to_owned));
    let code = take("__type").unwrap_or_default();
    let message = take("message").or_else(|| take("Message")).unwrap_or_default();
    let code = Cow::Owned(code.rsplit('#').next().unwrap_or_default().to_owned());
    Refusal { status, code, message, details: shape }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use serde_json::json;

    use crate::aws::DynamoDb;
    use crate::aws::tests::bench::{Way, both_ways, client, stack, table};

    #[tokio::test]
    async fn a_stack_asks_another_dynamodb_and_reads_its_stream() {
        let other = stack();
        let [_, Way::Loopback(address)] = both_ways(&other).await else {
            panic!("the second way is loopback")
        };
        let stack = stack();
        stack.set_dynamodb(&DynamoDb::At(format!("http://{address}"))).unwrap();
        stack.create_table(table("people"), Some("ttl")).unwrap();
        let mut written = stack.written();
        let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
        for sk in ["1", "2"] {
            let put = client.put_item().table_name("people").item("pk", AttributeValue::S("u".to_owned()));
            put.item("sk", AttributeValue::S(sk.to_owned())).send().await.unwrap();
        }
        assert!(written.has_changed().unwrap());
        written.mark_unchanged();
        let there = client!(aws_sdk_dynamodb, other, Way::InProcess);
        assert_eq!(there.scan().table_name("people").send().await.unwrap().count(), 2);
        let batch = stack.read_stream("people", 10).await.unwrap();
        assert_eq!(batch.len(), 2);
        stack.commit_stream("people", &batch[0]).unwrap();
        let rest = stack.read_stream("people", 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0]["dynamodb"]["Keys"]["sk"], json!({ "S": "2" }));
    }

    #[tokio::test]
    async fn a_refusal_of_the_other_dynamodb_reaches_the_caller() {
        let other = stack();
        let [_, Way::Loopback(address)] = both_ways(&other).await else {
            panic!("the second way is loopback")
        };
        let stack = stack();
        stack.set_dynamodb(&DynamoDb::At(format!("http://{address}"))).unwrap();
        let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
        let error = client.scan().table_name("nothing").send().await.unwrap_err().into_service_error();
        assert!(error.is_resource_not_found_exception(), "{error:?}");
    }
}
