//! A record of what DynamoDB was asked and what it answered, a line of JSON for each request, in the order in which they were carried out.
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::aws::wire::Refusal;

/// The file that is written.
pub(in crate::aws) struct Record(Mutex<File>);

impl Record {
    /// Starts a new record in this file.
    pub(in crate::aws) fn create(file: &Path) -> io::Result<Self> {
        File::create(file).map(Mutex::new).map(Self)
    }

    /// Notes one request with its answer. No other is carried out in between, so that the order is the true one.
    pub(in crate::aws) fn note(
        &self,
        operation: &str,
        request: &[u8],
        answer: impl FnOnce() -> Result<Vec<u8>, Refusal>,
    ) -> Result<Vec<u8>, Refusal> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answer();
        let (status, body) = match &answer {
            Ok(body) => (200, body.clone()),
            Err(refusal) => (refusal.status.as_u16(), refusal.to_json()),
        };
        let line = json!({
            "operation": operation, "request": read(request), "status": status, "answer": read(&body),
        });
        if let Err(error) = writeln!(file, "{line}") {
            tracing::error!(%error, "a request to DynamoDB could not be recorded");
        }
        answer
    }
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::aws::DynamoDb;
    use crate::aws::tests::bench::{Way, client, stack, table};

    #[tokio::test]
    async fn requests_and_answers_are_recorded_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.jsonl");
        let stack = stack();
        stack.set_dynamodb(&DynamoDb::Recorded(file.clone())).unwrap();
        stack.create_table(table("people"), None).unwrap();
        let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
        client.scan().table_name("people").send().await.unwrap();
        client.scan().table_name("nothing").send().await.unwrap_err();
        let text = std::fs::read_to_string(file).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let seen: Vec<_> =
            lines.iter().map(|line| (line["operation"].as_str().unwrap(), &line["status"])).collect();
        assert_eq!(seen, [("CreateTable", &200.into()), ("Scan", &200.into()), ("Scan", &400.into())]);
        assert_eq!(lines[1]["answer"]["Count"], 0);
        assert_eq!(lines[2]["request"]["TableName"], "nothing");
    }
}
