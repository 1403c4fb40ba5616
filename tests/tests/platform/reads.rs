//! What the short way to DynamoDB reads, the SDK behind it reads alike (docs/decisions/0011), page by page.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Debug;

use local::aws::Fault;
use serde::{Deserialize, Serialize};
use shared::audit;
use shared::hook::{Cause, EventKind};
use shared::id::UserId;
use shared::store::{self, Cursor, Entity, Key, Order, Page, Stored, Table, Write};
use tests::World;

#[derive(Debug, Serialize, Deserialize)]
struct Thing {
    name: String,
    tags: Vec<String>,
}

impl Entity for Thing {
    const TYPE: &'static str = "thing";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new("things \"of\" \u{e4}", format!("thing#{}", self.name))
    }
}

fn thing(name: &str) -> Thing {
    Thing { name: name.to_owned(), tags: vec![name.to_uppercase(), "\u{1f600} \\ \"".to_owned()] }
}

/// By which way the next calls go.
#[derive(Clone, Copy, Debug)]
enum Way {
    Short,
    Sdk,
}

impl Way {
    fn take(self, world: &World, operation: &str) {
        match self {
            Self::Short => {}
            // Only the SDK tries again.
            Self::Sdk => world.stack().fail_next(operation, Fault::Throttling),
        }
    }
}

type Pages<E> = (Vec<Stored<E>>, Option<Cursor>);

/// Everything on the pages of two that `read` reads, in a few words.
async fn pages<E: Debug>(read: impl AsyncFn(Page) -> Pages<E>) -> Vec<String> {
    let mut seen = Vec::new();
    let mut page = Page::first(2);
    loop {
        let (found, next) = read(page).await;
        seen.push(format!("{found:?}"));
        match next {
            Some(after) => page = Page { limit: 2, after: Some(after) },
            None => return seen,
        }
    }
}

async fn things(world: &World, way: Way, order: Order) -> Vec<String> {
    let partition = Key::new(thing("").key().pk, "thing#");
    pages(async |page| {
        way.take(world, "dynamodb.Query");
        store::query::<Thing>(world.app(), &partition, order, page).await.unwrap()
    })
    .await
}

#[tokio::test]
async fn partitions_are_read_alike_by_both_ways() {
    let world = World::start().await;
    for name in ["a", "b", "c", "d", "e"] {
        store::write(world.app(), Write::create(&thing(name))).await.unwrap();
    }
    for order in [Order::Ascending, Order::Descending] {
        let short = things(&world, Way::Short, order).await;
        assert_eq!(short.len(), 3, "{short:?}");
        assert_eq!(things(&world, Way::Sdk, order).await, short);
    }
}

#[tokio::test]
async fn items_are_read_alike_by_both_ways() {
    let world = World::start().await;
    let wanted = thing("a");
    store::write(world.app(), Write::create(&wanted)).await.unwrap();
    let keys = [wanted.key(), thing("nowhere").key()];
    let mut seen = Vec::new();
    for way in [Way::Short, Way::Sdk] {
        let mut read = Vec::new();
        for key in keys.clone() {
            way.take(&world, "dynamodb.GetItem");
            read.push(format!("{:?}", store::get::<Thing>(world.app(), key.clone()).await.unwrap()));
            way.take(&world, "dynamodb.GetItem");
            read.push(format!("{:?}", store::get_now::<Thing>(world.app(), key).await.unwrap()));
        }
        way.take(&world, "dynamodb.BatchGetItem");
        let asked = keys.iter().map(|key| (Table::Sessions, key.clone())).collect();
        let mut many = store::get_many(world.app(), asked).await.unwrap();
        for key in keys.clone() {
            read.push(format!("{:?}", many.take::<Thing>(key).unwrap()));
        }
        seen.push(read);
    }
    assert_eq!(seen[0], seen[1]);
    let found = format!("{:?}", Some(Stored { entity: wanted, rev: 1 }));
    assert_eq!(seen[0], [&found, &found, "None", "None", &found, "None"]);
}

#[tokio::test]
async fn indexes_are_read_alike_by_both_ways() {
    let world = World::seeded().await;
    let ada = UserId::new(world.app());
    for kind in [EventKind::SessionStarted, EventKind::SignInSucceeded, EventKind::SessionEnded] {
        let event = Cause::system().event(world.app(), kind).to(&ada);
        store::transact(world.app(), vec![event.announce()]).await.unwrap();
    }
    world.deliver().await;
    let mut seen = Vec::new();
    for way in [Way::Short, Way::Sdk] {
        let read = pages(async |page| {
            way.take(&world, "dynamodb.Query");
            audit::by_user(world.app(), &ada, page).await.unwrap()
        });
        seen.push(read.await);
    }
    assert_eq!(seen[0].len(), 2, "{seen:?}");
    assert_eq!(seen[0], seen[1]);
}
