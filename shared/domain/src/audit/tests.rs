//! What the audit log promises.

use serde_json::json;

use super::*;
use crate::clock::Timestamp;
use crate::hook::{Actor, Event, EventKind};
use crate::id::{EventId, UserId};
use crate::store::Entity;

fn event(actor: Actor) -> Event {
    Event {
        id: EventId::from_bytes([3; 16]),
        kind: EventKind::MessageRequested,
        at: 1_798_761_600_123,
        actor,
        user: None,
        client: None,
        request: None,
        address: None,
        user_agent: None,
        data: json!({ "message": "recovery", "sealed": "secret" }),
    }
}

#[test]
fn a_second_delivery_has_the_same_key() {
    let record = || Record::of(event(Actor::Anonymous), Timestamp(2_000_000_000));
    assert_eq!(record().key(), record().key());
    assert_eq!(record().key().pk, "day#2027-01-01#03");
    assert!(record().key().sk.starts_with("1798761600123#evt_"));
}

#[test]
fn the_content_of_a_message_never_comes_here() {
    assert_eq!(Record::of(event(Actor::System), Timestamp(0)).event.data, json!({ "message": "recovery" }));
}

#[test]
fn who_can_be_named_is_found_again() {
    let key = |actor| Record::of(event(actor), Timestamp(0)).by;
    let ada = UserId::from_bytes([7; 16]);
    assert_eq!(key(Actor::User(ada.clone())).unwrap(), format!("user:{ada}"));
    assert_eq!(key(Actor::Client("acme".to_owned())).unwrap(), "client:acme");
    assert_eq!((key(Actor::Anonymous), key(Actor::System)), (None, None));
}

#[test]
fn a_record_rests_and_comes_back() {
    let ada = UserId::from_bytes([7; 16]);
    let event = Event { user: Some(ada.clone()), ..event(Actor::User(ada)) };
    let record = Record::of(event, Timestamp(5));
    let item: serde_dynamo::Item = serde_dynamo::to_item(&record).unwrap();
    assert!(
        ["by", "user"].iter().all(|name| matches!(item[*name], serde_dynamo::AttributeValue::S(_))),
        "keys of indexes are texts"
    );
    let back: Record = serde_dynamo::from_item(item).unwrap();
    assert_eq!(
        (back.event.actor, back.by, back.expires_at),
        (record.event.actor, record.by, record.expires_at)
    );
}
