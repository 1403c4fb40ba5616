//! What events promise.

use std::time::Duration;

use serde_json::{Value, json};

use super::dispatch::{logouts, notifications, read, without_content};
use super::*;

const STREAM: &str = include_str!("../../../../events/events-dispatch.json");
const QUEUE: &str = include_str!("../../../../events/events-message.json");

fn stream() -> Value {
    serde_json::from_str(STREAM).unwrap()
}

#[test]
fn an_inserted_event_is_read_as_it_was_written() {
    let (streamed, failures) = read(stream()).unwrap();
    assert!(failures.is_empty());
    let [one] = streamed.as_slice() else { unreachable!() };
    assert_eq!(one.sequence, "100000000000000000001");
    assert_eq!(one.event.kind, EventKind::SignInSucceeded);
    assert_eq!(one.event.actor, Actor::User(one.event.user.clone().unwrap()));
    assert_eq!(one.event.data, json!({ "amr": ["pwd"] }));
}

#[test]
fn removals_by_ttl_are_no_events() {
    let mut stream = stream();
    stream["Records"][0]["eventName"] = json!("REMOVE");
    let (streamed, failures) = read(stream).unwrap();
    assert!(streamed.is_empty() && failures.is_empty());
}

#[test]
fn what_follows_an_unreadable_event_waits_for_it() {
    let mut stream = stream();
    let good = stream["Records"][0].clone();
    let mut bad = good.clone();
    bad["dynamodb"]["NewImage"]["kind"] = json!({ "S": "no.such.kind" });
    bad["dynamodb"]["SequenceNumber"] = json!("2");
    stream["Records"] = json!([good, bad, good]);
    let (streamed, failures) = read(stream).unwrap();
    assert_eq!(streamed.len(), 1);
    assert_eq!(failures.answer(), json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
}

#[test]
fn the_content_of_a_message_is_for_its_recipient_alone() {
    let (queued, _) = read_batch(serde_json::from_str(QUEUE).unwrap()).unwrap();
    let event = &queued[0].event;
    assert!(event.data.get("sealed").is_some());
    let public = without_content(event);
    assert_eq!(public.data, json!({ "message": "recovery", "channel": "email" }));
    assert_eq!(public.id, event.id);
}

#[test]
fn each_client_of_an_ended_session_is_told_by_itself() {
    let (streamed, _) = read(stream()).unwrap();
    let mut event = streamed[0].event.clone();
    assert!(logouts(&event).is_empty());
    event.kind = EventKind::SessionEnded;
    event.data = json!({ "session": "ses_1", "reason": "signed_out", "clients": ["shop", "travel"] });
    let told = logouts(&event);
    assert_eq!(
        told.iter().map(|event| event.client.as_deref()).collect::<Vec<_>>(),
        [Some("shop"), Some("travel")]
    );
    for one in &told {
        assert_eq!((&one.id, &one.data), (&event.id, &json!({ "session": "ses_1", "reason": "signed_out" })));
    }
    event.data = json!({ "session": "ses_1", "reason": "signed_out", "clients": [] });
    assert!(logouts(&event).is_empty());
}

#[test]
fn who_polls_is_not_notified() {
    let (streamed, _) = read(stream()).unwrap();
    let mut event = streamed[0].event.clone();
    for (kind, mode, told) in [
        (EventKind::BackchannelRequested, "ping", 1),
        (EventKind::BackchannelDecided, "push", 1),
        (EventKind::BackchannelDecided, "poll", 0),
        (EventKind::BackchannelNotified, "push", 0),
        (EventKind::SessionEnded, "push", 0),
    ] {
        event.kind = kind;
        event.data = json!({ "request": "hash", "mode": mode });
        assert_eq!(notifications(&event).len(), told, "{} {mode}", kind.name());
    }
}

#[test]
fn a_message_says_how_often_it_has_come() {
    let mut batch: Value = serde_json::from_str(QUEUE).unwrap();
    batch["Records"][0]["attributes"]["ApproximateReceiveCount"] = json!("4");
    let (queued, _) = read_batch(batch).unwrap();
    assert_eq!((queued[0].attempt, queued[0].receipt.as_str()), (4, "sample"));
}

#[test]
fn a_body_that_is_no_event_fails_alone() {
    let mut batch: Value = serde_json::from_str(QUEUE).unwrap();
    let good = batch["Records"][0].clone();
    let bad = json!({ "messageId": "bad", "body": "{}" });
    batch["Records"] = json!([bad, good]);
    let (queued, failures) = read_batch(batch).unwrap();
    assert_eq!(queued.len(), 1);
    assert_eq!(failures.answer(), json!({ "batchItemFailures": [{ "itemIdentifier": "bad" }] }));
    assert!(read_batch(json!({ "Records": 7 })).is_err());
}

#[test]
fn each_wait_is_longer_and_the_last_attempt_waits_for_nothing() {
    let waits: Vec<u64> = (1..ATTEMPTS).map(|attempt| wait_after(attempt).as_secs()).collect();
    assert_eq!(waits, [10, 30, 90, 270, 810, 2430, 7290, 21_870]);
    assert_eq!(wait_after(ATTEMPTS), Duration::ZERO);
    assert!(
        waits.iter().all(|seconds| *seconds <= 12 * 3600),
        "SQS hides a message for twelve hours at most"
    );
}

#[test]
fn names_of_events_are_stable_and_distinct() {
    let names: std::collections::BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), EventKind::ALL.len());
    for kind in EventKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.name()));
    }
}
