//! SQS by the SDK: visibility, delays, batches, dead letters, digests, restarts.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lambda_events::event::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::get_queue_url::GetQueueUrlError;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use serde_json::json;

use super::{DeadLetter, Depth, QueueOptions, digest};
use crate::aws::tests::bench::{Way, both_ways, client, stack};
use crate::aws::{Data, Options, Stack};

/// A clock that a test moves.
fn stop_clock(stack: &Stack) -> Arc<AtomicI64> {
    let now = Arc::new(AtomicI64::new(1_700_000_000));
    let clock = Arc::clone(&now);
    stack.set_clock(Arc::new(move || clock.load(Ordering::Relaxed)));
    now
}

async fn receive(client: &Client, url: &str) -> Vec<aws_sdk_sqs::types::Message> {
    let request = client.receive_message().queue_url(url).max_number_of_messages(10);
    request.send().await.unwrap().messages.unwrap_or_default()
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let stack = stack();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_sqs, stack, way);
        client.create_queue().queue_name("work").send().await.unwrap();
        let url = client.get_queue_url().queue_name("work").send().await.unwrap().queue_url.unwrap();
        let kind =
            MessageAttributeValue::builder().data_type("String").string_value("greeting").build().unwrap();
        let sent =
            client.send_message().queue_url(&url).message_body("hello").message_attributes("kind", kind);
        let sent = sent.send().await.unwrap();
        assert_eq!(sent.md5_of_message_body().unwrap(), "5d41402abc4b2a76b9719d911017c592");

        let received = client
            .receive_message()
            .queue_url(&url)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_attribute_names("All")
            .send()
            .await
            .unwrap();
        let message = &received.messages()[0];
        assert_eq!(message.message_id(), sent.message_id());
        assert_eq!(message.body(), Some("hello"));
        assert_eq!(message.md5_of_message_attributes(), sent.md5_of_message_attributes());
        assert_eq!(message.message_attributes().unwrap()["kind"].string_value(), Some("greeting"));
        let counts = message.attributes().unwrap();
        assert_eq!(counts[&MessageSystemAttributeName::ApproximateReceiveCount], "1");

        let handle = message.receipt_handle().unwrap();
        client.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
        assert_eq!(stack.queues().depth("work").unwrap(), Depth::default());
    }
}

#[tokio::test]
async fn a_received_message_is_hidden_until_its_time() {
    let stack = stack();
    let now = stop_clock(&stack);
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    stack
        .queues()
        .create("work", &QueueOptions { visibility_timeout: 60, ..QueueOptions::default() })
        .unwrap();
    let url = stack.queues().url("work");
    stack.queues().send("work", "hello").unwrap();

    let first = receive(&client, &url).await.remove(0);
    now.fetch_add(59, Ordering::Relaxed);
    assert!(receive(&client, &url).await.is_empty());
    assert_eq!(stack.queues().depth("work").unwrap(), Depth { in_flight: 1, ..Depth::default() });
    now.fetch_add(1, Ordering::Relaxed);
    let second = receive(&client, &url).await.remove(0);
    assert_ne!(first.receipt_handle(), second.receipt_handle());

    let stale = client.delete_message().queue_url(&url).receipt_handle(first.receipt_handle().unwrap());
    stale.send().await.unwrap();
    assert_eq!(stack.queues().depth("work").unwrap().total(), 1, "an old handle deletes nothing");
}

#[tokio::test]
async fn a_message_given_back_is_received_at_once() {
    let stack = stack();
    stop_clock(&stack);
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    let url = stack.queues().url("work");
    stack.queues().send("work", "hello").unwrap();
    let message = receive(&client, &url).await.remove(0);
    let give_back = || {
        let request = client.change_message_visibility().queue_url(&url).visibility_timeout(0);
        request.receipt_handle(message.receipt_handle().unwrap())
    };
    give_back().send().await.unwrap();
    let error = give_back().send().await.unwrap_err().into_service_error();
    assert!(error.is_message_not_inflight(), "{error:?}");
    assert_eq!(receive(&client, &url).await.len(), 1);
}

#[tokio::test]
async fn a_delayed_message_is_hidden_at_first() {
    let stack = stack();
    let now = stop_clock(&stack);
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    let url = stack.queues().url("work");
    client.send_message().queue_url(&url).message_body("later").delay_seconds(10).send().await.unwrap();
    assert_eq!(stack.queues().depth("work").unwrap(), Depth { delayed: 1, ..Depth::default() });
    assert!(receive(&client, &url).await.is_empty());
    assert_eq!(stack.queues().next_due("work").unwrap(), Some(1_700_000_010));
    now.fetch_add(10, Ordering::Relaxed);
    assert_eq!(receive(&client, &url).await.len(), 1);
}

#[tokio::test]
async fn a_message_received_too_often_goes_to_the_dead_letters() {
    let stack = stack();
    let now = stop_clock(&stack);
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    client.create_queue().queue_name("dead").send().await.unwrap();
    let policy = json!({ "deadLetterTargetArn": stack.queues().arn("dead"), "maxReceiveCount": "2" });
    let create = client.create_queue().queue_name("work");
    let create = create.attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
    let url = create.send().await.unwrap().queue_url.unwrap();
    assert_eq!(
        stack.queues().find("work").unwrap().unwrap().dead_letter,
        Some(DeadLetter { queue: "dead".to_owned(), max_receives: 2 })
    );
    let id = stack.queues().send("work", "poison").unwrap();
    for _ in 0..2 {
        assert_eq!(receive(&client, &url).await.len(), 1);
        now.fetch_add(30, Ordering::Relaxed);
    }
    assert!(receive(&client, &url).await.is_empty());
    let dead = stack.queues().receive("dead", 10).unwrap();
    assert_eq!((dead[0].id.as_str(), dead[0].receives), (id.as_str(), 1));
}

#[tokio::test]
async fn batches_report_entry_by_entry() {
    let stack = stack();
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    let url = client.create_queue().queue_name("work").send().await.unwrap().queue_url.unwrap();
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder().id(id).message_body(body).build().unwrap()
    };
    let send =
        client.send_message_batch().queue_url(&url).entries(entry("a", "hello")).entries(entry("b", ""));
    let sent = send.send().await.unwrap();
    assert_eq!(sent.successful()[0].id(), "a");
    assert_eq!((sent.failed()[0].id(), sent.failed()[0].sender_fault()), ("b", true));

    let twice = client.send_message_batch().queue_url(&url).entries(entry("a", "x")).entries(entry("a", "y"));
    assert!(twice.send().await.unwrap_err().into_service_error().is_batch_entry_ids_not_distinct());

    let handle = receive(&client, &url).await.remove(0).receipt_handle.unwrap();
    let entry = DeleteMessageBatchRequestEntry::builder().id("a").receipt_handle(handle).build().unwrap();
    let deleted = client.delete_message_batch().queue_url(&url).entries(entry).send().await.unwrap();
    assert_eq!(deleted.successful().len(), 1);
    assert_eq!(stack.queues().depth("work").unwrap().total(), 0);
}

#[tokio::test]
async fn attributes_tell_the_depth_and_a_purge_empties() {
    let stack = stack();
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    let url = client.create_queue().queue_name("work").send().await.unwrap().queue_url.unwrap();
    stack.queues().send("work", "hello").unwrap();
    let depth = || async {
        let request = client.get_queue_attributes().queue_url(&url);
        let answer = request.attribute_names(QueueAttributeName::All).send().await.unwrap();
        answer.attributes.unwrap()[&QueueAttributeName::ApproximateNumberOfMessages].clone()
    };
    assert_eq!(depth().await, "1");
    client.purge_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(depth().await, "0");
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_by_a_message() {
    let stack = stack();
    let client = client!(aws_sdk_sqs, stack, Way::InProcess);
    let url = client.create_queue().queue_name("work").send().await.unwrap().queue_url.unwrap();
    let wait = client.receive_message().queue_url(&url).wait_time_seconds(20).send();
    let send = async {
        tokio::task::yield_now().await;
        stack.queues().send("work", "hello").unwrap();
    };
    let (received, ()) = tokio::join!(wait, send);
    assert_eq!(received.unwrap().messages().len(), 1);
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_named_so() {
    let stack = stack();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_sqs, stack, way);
        let error =
            client.get_queue_url().queue_name("nothing").send().await.unwrap_err().into_service_error();
        assert!(matches!(error, GetQueueUrlError::QueueDoesNotExist(_)), "{error:?}");
        let url = stack.queues().url("nothing");
        let send = client.send_message().queue_url(url).message_body("hello").send().await;
        assert!(send.unwrap_err().into_service_error().is_queue_does_not_exist());
    }
    assert!(stack.queues().send("nothing", "hello").is_err());
}

#[test]
fn messages_and_receipts_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: Data::Folder(folder.path().to_owned()) };
    let stack = Stack::open(&options).unwrap();
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    stack.queues().send("work", "first").unwrap();
    stack.queues().send("work", "second").unwrap();
    let taken = stack.queues().receive("work", 1).unwrap().remove(0);
    drop(stack);

    let stack = Stack::open(&options).unwrap();
    assert_eq!(stack.queues().depth("work").unwrap(), Depth { visible: 1, in_flight: 1, delayed: 0 });
    assert!(stack.queues().delete("work", &taken.receipt).unwrap());
    assert_eq!(stack.queues().receive("work", 10).unwrap()[0].body, "second");
}

#[test]
fn what_a_process_held_when_it_ended_can_be_released() {
    let stack = stack();
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    stack.queues().send("work", "held").unwrap();
    stack.queues().receive("work", 1).unwrap();
    assert!(stack.queues().receive("work", 1).unwrap().is_empty());
    stack.queues().release().unwrap();
    let again = stack.queues().receive("work", 1).unwrap().remove(0);
    assert_eq!((again.body.as_str(), again.receives), ("held", 2));
}

#[test]
fn received_messages_are_what_a_lambda_reads() {
    let stack = stack();
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    stack.queues().send("work", "hello").unwrap();
    let record = stack.queues().receive("work", 1).unwrap()[0].event_record("work");
    let record: SqsMessage = serde_json::from_value(record).unwrap();
    assert_eq!(record.body.as_deref(), Some("hello"));
    assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
}

/// The example of the SQS developer guide's algorithm, computed by hand: length, name, length, type, 1, length, value.
#[test]
fn attribute_digests_are_over_lengths_and_texts() {
    let attributes = json!({ "a": { "DataType": "String", "StringValue": "b" } });
    let bytes = b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01b";
    let expected = format!("{:x}", md5::compute(bytes));
    assert_eq!(digest::of_attributes(attributes.as_object().unwrap()), Some(expected));
}
