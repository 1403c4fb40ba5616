//! One change with many consequences (`store::transact_groups`): whole or not at all, in as few transactions as there can be.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde::{Deserialize, Serialize};
use shared::store::{self, Condition, Entity, Key, StoreError, Table, Write};
use tests::World;

#[derive(Debug, Serialize, Deserialize)]
struct Thing {
    name: String,
}

impl Entity for Thing {
    const TYPE: &'static str = "thing";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("thing#{}", self.name), "thing")
    }
}

fn thing(name: &str) -> Thing {
    Thing { name: name.to_owned() }
}

/// Removes a thing that must be there, and notes that it did.
fn group(index: usize) -> Vec<Write> {
    let gone = thing(&index.to_string());
    let note = thing(&format!("{index} is gone"));
    vec![Write::delete::<Thing>(gone.key(), &[Condition::Exists]), Write::create(&note)]
}

async fn with_things(names: std::ops::Range<usize>) -> World {
    let world = World::start().await;
    for index in names {
        store::write(&world.platform.app, Write::create(&thing(&index.to_string()))).await.unwrap();
    }
    world
}

async fn things(world: &World) -> usize {
    world.rows("SessionsTable").await.iter().filter(|row| row["et"] == "thing").count()
}

async fn is_there(world: &World, name: &str) -> bool {
    store::get_now::<Thing>(&world.platform.app, thing(name).key()).await.unwrap().is_some()
}

#[tokio::test]
async fn as_much_as_fits_is_one_transaction() {
    for (count, transactions) in [(0, 1), (49, 1), (50, 2), (120, 3)] {
        let world = with_things(0..count).await;
        let change = vec![Write::create(&thing("change"))];
        let work = store::transact_groups(&world.platform.app, change, (0..count).map(group).collect());
        let (done, calls) = world.calls_of(work).await;
        assert_eq!(done.unwrap(), count);
        assert_eq!(calls["dynamodb.TransactWriteItems"], transactions, "{count} groups");
        assert_eq!(things(&world).await, count + 1);
    }
}

#[tokio::test]
async fn a_group_that_somebody_else_was_faster_with_is_left_out() {
    let world = with_things(1..4).await;
    let change = vec![Write::create(&thing("change"))];
    // The first, the fifth and the sixth thing are not there.
    let done = store::transact_groups(&world.platform.app, change, (0..6).map(group).collect()).await;
    assert_eq!(done.unwrap(), 3);
    for (name, there) in [("change", true), ("1 is gone", true), ("0 is gone", false), ("5 is gone", false)] {
        assert_eq!(is_there(&world, name).await, there, "{name}");
    }
}

#[tokio::test]
async fn a_change_that_may_not_be_has_no_consequences() {
    let world = with_things(0..120).await;
    let change = vec![Write::check::<Thing>(thing("missing").key(), &[Condition::Exists])];
    let done = store::transact_groups(&world.platform.app, change, (0..120).map(group).collect()).await;
    assert!(matches!(done, Err(StoreError::Refused { index: 0, .. })), "{done:?}");
    assert_eq!(things(&world).await, 120);
}
