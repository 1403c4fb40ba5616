//! The ways in, for every service: in process and over loopback; counting and faults.
pub(super) mod bench;
mod kill;

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use self::bench::{Way, both_ways, client, stack, table};
use super::{AwsError, Fault};

#[tokio::test]
async fn calls_are_counted_by_operation() {
    let stack = stack();
    stack.create_table(table("people"), None).unwrap();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_dynamodb, stack, way);
        client.scan().table_name("people").send().await.unwrap();
        assert_eq!(stack.calls().snapshot(), [("dynamodb.Scan".to_owned(), 1)].into());
        stack.calls().reset();
        assert!(stack.calls().snapshot().is_empty());
    }
}

#[tokio::test]
async fn a_fault_meets_the_next_call_alone() {
    let stack = stack();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_dynamodb, stack, way);
        stack.fail_next("dynamodb.ListTables", Fault::Throttling);
        stack.fail_next("dynamodb.ListTables", Fault::Internal);
        stack.fail_next("dynamodb.ListTables", Fault::Timeout);
        let mut codes = Vec::new();
        for _ in 0..2 {
            let error = client.list_tables().send().await.unwrap_err();
            codes.push(error.into_service_error().meta().code().unwrap().to_owned());
        }
        assert_eq!(codes, ["ProvisionedThroughputExceededException", "InternalServerError"]);
        assert!(client.list_tables().send().await.unwrap_err().into_service_error().meta().code().is_none());
        client.list_tables().send().await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_write_that_happened() {
    let stack = stack();
    stack.create_table(table("people"), None).unwrap();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_dynamodb, stack, way);
        stack.fail_next("dynamodb.PutItem", Fault::AnswerLost);
        let put = client.put_item().table_name("people");
        let put =
            put.item("pk", AttributeValue::S("u".to_owned())).item("sk", AttributeValue::S("1".to_owned()));
        put.send().await.unwrap_err();
        assert_eq!(client.scan().table_name("people").send().await.unwrap().count(), 1);
    }
}

#[tokio::test]
async fn a_conflict_is_the_reason_of_the_first_element() {
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
    use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

    let stack = stack();
    let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
    stack.fail_next("dynamodb.TransactWriteItems", Fault::TransactionConflict);
    let delete = || {
        let delete = Delete::builder().table_name("people").key("pk", AttributeValue::S("u".to_owned()));
        TransactWriteItem::builder().delete(delete.build().unwrap()).build()
    };
    let write = client.transact_write_items().transact_items(delete()).transact_items(delete());
    let error = write.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(error) = error else { panic!("{error}") };
    let codes: Vec<_> = error.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
}

/// Sends raw bytes to the endpoint and reads the whole answer.
async fn exchange(way: Way, request: &[u8]) -> String {
    let Way::Loopback(address) = way else { panic!("raw bytes go over loopback") };
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn post(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into()
}

#[tokio::test]
async fn nonsense_is_answered_not_survived_by_luck() {
    let stack = stack();
    let [_, way] = both_ways(&stack).await;
    let unknown = "UnknownOperationException";
    for (headers, body, expected) in [
        ("", "", unknown),
        ("", "\u{0}\u{1}=&&%%", unknown),
        ("X-Amz-Target: Nobody.Nothing\r\n", "{}", unknown),
        ("X-Amz-Target: DynamoDB_20120810.DropTheBase\r\n", "{}", unknown),
        ("X-Amz-Target: DynamoDB_20120810.GetItem\r\n", "nonsense", "SerializationException"),
        ("X-Amz-Target: DynamoDB_20120810.GetItem\r\n", "{}", "ValidationException"),
        ("X-Amz-Target: TrentService.Decrypt\r\n", "[1", "SerializationException"),
        ("X-Amz-Target: AmazonSQS.SendMessage\r\n", "{\"QueueUrl\":7}", "SerializationException"),
        ("", "Action=DeleteEverything", "InvalidAction"),
    ] {
        let answer = exchange(way, &post(headers, body)).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers}{body}: {answer}");
        assert!(answer.contains(expected), "{headers}{body}: {answer}");
    }
}

#[tokio::test]
async fn a_body_one_byte_too_long_is_refused() {
    let stack = stack();
    let [_, way] = both_ways(&stack).await;
    let target = "X-Amz-Target: DynamoDB_20120810.GetItem\r\n";
    let longest = exchange(way, &post(target, &" ".repeat(2 * 1024 * 1024))).await;
    assert!(longest.starts_with("HTTP/1.1 400"), "{longest}");
    let longer = exchange(way, &post(target, &" ".repeat(2 * 1024 * 1024 + 1))).await;
    assert!(longer.starts_with("HTTP/1.1 413"), "{longer}");
}

#[tokio::test]
async fn the_endpoint_is_for_this_machine_alone() {
    let listener = TcpListener::bind(("0.0.0.0", 0)).await.unwrap();
    let refused = stack().serve(listener, std::future::pending()).await;
    assert!(matches!(refused, Err(AwsError::NotLoopback(_))));
}

#[tokio::test]
async fn a_page_that_rebinds_its_name_to_loopback_is_refused() {
    let stack = stack();
    let [_, way] = both_ways(&stack).await;
    for (host, status) in [
        ("evil.example", "403"),
        ("127.0.0.1.evil.example", "403"),
        ("10.0.0.1:80", "403"),
        ("localhost:4566", "400"),
        ("aws.localhost", "400"),
        ("127.0.0.1:4566", "400"),
        ("[::1]:4566", "400"),
    ] {
        let request =
            format!("POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        let answer = exchange(way, request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
    }
}

#[tokio::test]
async fn the_endpoint_stops_when_asked() {
    let stack = stack();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = stack.clone();
    let endpoint = tokio::spawn(async move { serving.serve(listener, async { drop(stopped.await) }).await });
    client!(aws_sdk_dynamodb, stack, Way::Loopback(address)).list_tables().send().await.unwrap();
    drop(stop);
    tokio::time::timeout(Duration::from_secs(10), endpoint).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
