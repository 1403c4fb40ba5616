//! DynamoDB by the SDK: conditions, transactions, batches, pages, streams, expiry, restarts.
use std::collections::HashMap;

use aws_lambda_events::event::dynamodb::EventRecord;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Get, KeysAndAttributes, Put,
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactGetItem, TransactWriteItem,
};
use serde_json::json;

use crate::aws::tests::bench::{Way, both_ways, client, stack, table};
use crate::aws::{AwsError, Data, Options, Stack};

type Item = HashMap<String, AttributeValue>;

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

fn item(pk: &str, sk: &str, name: &str) -> Item {
    let mut item = key(pk, sk);
    item.insert("name".to_owned(), text(name));
    item
}

/// A stack with the table `people`, and a client for each way in.
async fn people() -> (Stack, [Client; 2]) {
    let stack = stack();
    stack.create_table(table("people"), Some("ttl")).unwrap();
    let ways = both_ways(&stack).await;
    let clients = ways.map(|way| client!(aws_sdk_dynamodb, stack, way));
    (stack, clients)
}

async fn put(client: &Client, item: Item) {
    client.put_item().table_name("people").set_item(Some(item)).send().await.unwrap();
}

#[tokio::test]
async fn a_lost_condition_returns_the_item_that_won() {
    let (_stack, clients) = people().await;
    for client in clients {
        put(&client, item("u", "1", "ada")).await;
        let error = client
            .update_item()
            .table_name("people")
            .set_key(Some(key("u", "1")))
            .update_expression("SET #n = :new")
            .condition_expression("#n = :old")
            .expression_attribute_names("#n", "name")
            .expression_attribute_values(":new", text("eve"))
            .expression_attribute_values(":old", text("bob"))
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        let UpdateItemError::ConditionalCheckFailedException(error) = error else { panic!("{error}") };
        assert_eq!(error.item().unwrap()["name"], text("ada"));
    }
}

#[tokio::test]
async fn a_cancelled_transaction_has_a_reason_and_an_item_per_element() {
    let (_stack, clients) = people().await;
    for client in clients {
        put(&client, item("u", "1", "ada")).await;
        let fresh =
            Put::builder().table_name("people").set_item(Some(item("u", "2", "bob"))).build().unwrap();
        let absent = ConditionCheck::builder()
            .table_name("people")
            .set_key(Some(key("u", "1")))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .unwrap();
        let error = client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(fresh).build())
            .transact_items(TransactWriteItem::builder().condition_check(absent).build())
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        let TransactWriteItemsError::TransactionCanceledException(error) = error else { panic!("{error}") };
        let codes: Vec<_> =
            error.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
        assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
        assert_eq!(error.cancellation_reasons()[1].item().unwrap()["name"], text("ada"));
        let found = client.get_item().table_name("people").set_key(Some(key("u", "2"))).send().await.unwrap();
        assert!(found.item().is_none());
    }
}

#[tokio::test]
async fn a_repeated_client_request_token_writes_once() {
    let (stack, [client, _]) = people().await;
    for _ in 0..2 {
        let put = Put::builder().table_name("people").set_item(Some(item("u", "1", "ada"))).build().unwrap();
        client
            .transact_write_items()
            .client_request_token("once")
            .transact_items(TransactWriteItem::builder().put(put).build())
            .send()
            .await
            .unwrap();
    }
    assert_eq!(stack.stream_batch("people", 10).unwrap().len(), 1);
}

#[tokio::test]
async fn items_are_read_in_batches_and_transactions() {
    let (_stack, clients) = people().await;
    for client in clients {
        put(&client, item("u", "1", "ada")).await;
        put(&client, item("u", "2", "bob")).await;
        let keys = KeysAndAttributes::builder().keys(key("u", "1")).keys(key("u", "3")).build().unwrap();
        let batch = client.batch_get_item().request_items("people", keys).send().await.unwrap();
        assert_eq!(batch.responses().unwrap()["people"], [item("u", "1", "ada")]);
        let get = |sk| {
            let get = Get::builder().table_name("people").set_key(Some(key("u", sk))).build().unwrap();
            TransactGetItem::builder().get(get).build()
        };
        let both = client
            .transact_get_items()
            .transact_items(get("2"))
            .transact_items(get("3"))
            .send()
            .await
            .unwrap();
        assert_eq!(both.responses()[0].item(), Some(&item("u", "2", "bob")));
        assert_eq!(both.responses()[1].item(), None);
    }
}

#[tokio::test]
async fn a_query_is_read_page_by_page() {
    let (_stack, clients) = people().await;
    for index in 0..5 {
        put(&clients[0], item("u", &index.to_string(), "ada")).await;
    }
    for client in clients {
        let mut start = None;
        let mut pages = Vec::new();
        loop {
            let page = client
                .query()
                .table_name("people")
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text("u"))
                .limit(2)
                .set_exclusive_start_key(start)
                .send()
                .await
                .unwrap();
            pages.push(page.count());
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(pages, [2, 2, 1]);
    }
}

#[tokio::test]
async fn a_table_that_exists_stays_as_it_is() {
    let (stack, [client, _]) = people().await;
    put(&client, item("u", "1", "ada")).await;
    stack.create_table(table("people"), Some("ttl")).unwrap();
    assert_eq!(client.scan().table_name("people").send().await.unwrap().count(), 1);
}

#[tokio::test]
async fn a_stream_is_read_committed_and_trimmed() {
    let (stack, [client, _]) = people().await;
    put(&client, item("u", "1", "ada")).await;
    put(&client, item("u", "1", "eve")).await;
    client.delete_item().table_name("people").set_key(Some(key("u", "1"))).send().await.unwrap();

    let batch = stack.stream_batch("people", 2).unwrap();
    let names: Vec<_> = batch.iter().map(|record| record["eventName"].as_str().unwrap()).collect();
    assert_eq!(names, ["INSERT", "MODIFY"]);
    assert_eq!(batch[1]["dynamodb"]["OldImage"]["name"], json!({ "S": "ada" }));
    assert_eq!(batch[1]["dynamodb"]["NewImage"]["name"], json!({ "S": "eve" }));
    assert!(batch[0]["eventSourceARN"].as_str().unwrap().contains("table/people/stream/"));
    assert_eq!(stack.stream_batch("people", 2).unwrap(), batch, "what was not committed is read again");

    stack.stream_commit("people", batch[1]["dynamodb"]["SequenceNumber"].as_str().unwrap()).unwrap();
    let rest = stack.stream_batch("people", 2).unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["eventName"], "REMOVE");
    assert_eq!(rest[0]["dynamodb"]["Keys"]["sk"], json!({ "S": "1" }));
}

#[tokio::test]
async fn stream_records_are_what_a_lambda_reads() {
    let (stack, [client, _]) = people().await;
    put(&client, item("u", "1", "ada")).await;
    let record = stack.stream_batch("people", 1).unwrap().remove(0);
    let record: EventRecord = serde_json::from_value(record).unwrap();
    assert_eq!(record.event_name, "INSERT");
    assert!(!record.event_id.is_empty());
    assert!(record.change.sequence_number.is_some());
}

#[tokio::test]
async fn sequence_numbers_are_as_dynoxide_shows_them() {
    let (stack, [client, _]) = people().await;
    put(&client, item("u", "1", "ada")).await;
    let record = stack.stream_batch("people", 1).unwrap().remove(0);
    let connection = stack.tables().streams.lock().unwrap();
    let stored: String =
        connection.query_row("SELECT sequence_number FROM _stream_records", [], |row| row.get(0)).unwrap();
    assert_eq!(
        super::streams::stored(record["dynamodb"]["SequenceNumber"].as_str().unwrap()).unwrap().to_string(),
        stored
    );
}

#[tokio::test]
async fn the_next_sequence_number_is_found_by_the_index() {
    let (stack, _clients) = people().await;
    let connection = stack.tables().streams.lock().unwrap();
    let plan: String = connection
        .query_row(
            "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 \
             FROM _stream_records WHERE table_name = 'people'",
            [],
            |row| row.get("detail"),
        )
        .unwrap();
    assert!(plan.contains("latchkey_stream_sequence"), "{plan}");
}

#[test]
fn a_stream_of_no_table_is_refused() {
    let stack = stack();
    assert!(matches!(stack.stream_batch("nothing", 1), Err(AwsError::NoSuchRecord(_))));
    assert!(matches!(stack.stream_commit("nothing", "7"), Err(AwsError::NoSuchRecord(_))));
}

#[tokio::test]
async fn every_successful_write_is_announced() {
    let (stack, [client, _]) = people().await;
    let mut written = stack.written();
    put(&client, item("u", "1", "ada")).await;
    assert!(written.has_changed().unwrap());
    written.mark_unchanged();
    client.get_item().table_name("people").set_key(Some(key("u", "1"))).send().await.unwrap();
    let lost = client
        .put_item()
        .table_name("people")
        .set_item(Some(item("u", "1", "eve")))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await;
    assert!(lost.is_err());
    assert!(!written.has_changed().unwrap());
}

#[tokio::test]
async fn expired_items_are_swept() {
    let (stack, [client, _]) = people().await;
    let mut expired = item("u", "old", "ada");
    expired.insert("ttl".to_owned(), AttributeValue::N("1".to_owned()));
    let mut lasting = item("u", "new", "ada");
    lasting.insert("ttl".to_owned(), AttributeValue::N("99999999999".to_owned()));
    put(&client, expired).await;
    put(&client, lasting).await;
    assert_eq!(stack.sweep_ttl().unwrap(), 1);
    let left = client.scan().table_name("people").send().await.unwrap();
    assert_eq!(left.items()[0]["sk"], text("new"));
    let removal = stack.stream_batch("people", 10).unwrap().remove(2);
    assert_eq!(removal["eventName"], "REMOVE");
    assert_eq!(removal["userIdentity"]["principalId"], "dynamodb.amazonaws.com");
}

#[tokio::test]
async fn items_and_unread_records_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: Data::Folder(folder.path().to_owned()) };
    let stack = Stack::open(&options).unwrap();
    stack.create_table(table("people"), None).unwrap();
    let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
    put(&client, item("u", "1", "ada")).await;
    put(&client, item("u", "2", "bob")).await;
    let first = stack.stream_batch("people", 1).unwrap().remove(0);
    stack.stream_commit("people", first["dynamodb"]["SequenceNumber"].as_str().unwrap()).unwrap();
    drop((client, stack));

    let stack = Stack::open(&options).unwrap();
    let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
    assert_eq!(client.scan().table_name("people").send().await.unwrap().count(), 2);
    let unread = stack.stream_batch("people", 10).unwrap();
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0]["dynamodb"]["Keys"]["sk"], json!({ "S": "2" }));
}

#[tokio::test]
async fn nonsense_is_refused_as_dynamodb_refuses_it() {
    let (_stack, clients) = people().await;
    for client in clients {
        let error = client
            .put_item()
            .table_name("people")
            .item("pk", text("no sort key"))
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        assert_eq!(error.meta().code(), Some("ValidationException"));
        let error = client
            .get_item()
            .table_name("nobody")
            .set_key(Some(key("u", "1")))
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        assert!(error.is_resource_not_found_exception());
    }
}
