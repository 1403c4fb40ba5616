//! Writes: a guard that must hold under a race is in the write's condition, never in a read before it.

use serde::Serialize;

use super::condition::{Condition, Expression};
use super::{AttributeValue, Entity, Item, Key, StoreError, Stored, Table, entity};

/// The attribute that tells which request wrote an item last.
pub(super) const WRITE_ID: &str = "wid";

/// One write, not yet done. A serialisation fault surfaces when it is done.
#[derive(Debug)]
pub struct Write(pub(super) Result<Kind, StoreError>);

#[derive(Debug)]
pub(super) enum Kind {
    Put(Table, Item, Expression),
    Delete(Table, Key, Expression),
    Update(Table, Key, Expression),
    Check(Table, Key, Expression),
}

impl Write {
    /// Writes `entity`, which must not be there yet.
    pub fn create<E: Entity>(entity: &E) -> Self {
        Self::put_when(entity, 1, &[Condition::Absent("pk")])
    }

    /// Writes `entity` over whatever is there.
    pub fn put<E: Entity>(entity: &E) -> Self {
        Self::put_when(entity, 1, &[])
    }

    /// Writes `entity` if nothing is there, or what is there has expired by `now` (`ttl`) and was not collected yet.
    pub fn create_or_expired<E: Entity>(entity: &E, now: crate::clock::Timestamp) -> Self {
        let gone =
            Condition::Either(Box::new(Condition::Absent("pk")), Box::new(Condition::Past("ttl", now.0)));
        Self::put_when(entity, 1, &[gone])
    }

    /// Writes `entity` over whatever is there, where `conditions` hold of that.
    pub fn put_where<E: Entity>(entity: &E, conditions: &[Condition]) -> Self {
        Self::put_when(entity, 1, conditions)
    }

    /// Writes `stored` back, if nobody else has since it was read.
    pub fn replace<E: Entity>(stored: &Stored<E>) -> Self {
        let unchanged = Condition::Equals("rev", AttributeValue::N(stored.rev.to_string()));
        Self::put_when(&stored.entity, stored.rev + 1, &[unchanged])
    }

    /// Removes the item at `key` where `conditions` hold.
    pub fn delete<E: Entity>(key: Key, conditions: &[Condition]) -> Self {
        Self(Ok(Kind::Delete(E::TABLE, key, Expression::new().when(conditions))))
    }

    /// Removes `stored`, if nobody else has changed or removed it since it was read: the way to consume what works once.
    pub fn consume<E: Entity>(stored: &Stored<E>) -> Self {
        let unchanged = Condition::Equals("rev", AttributeValue::N(stored.rev.to_string()));
        Self::delete::<E>(stored.entity.key(), &[unchanged])
    }

    /// Demands that `conditions` hold of the item at `key`, in a transaction.
    pub fn check<E: Entity>(key: Key, conditions: &[Condition]) -> Self {
        Self(Ok(Kind::Check(E::TABLE, key, Expression::new().when(conditions))))
    }

    /// The item that it puts, if it puts one.
    pub(super) fn item(&self) -> Option<&Item> {
        match &self.0 {
            Ok(Kind::Put(_, item, _)) => Some(item),
            Ok(Kind::Delete(..) | Kind::Update(..) | Kind::Check(..)) | Err(_) => None,
        }
    }

    /// The same write with `id` in what it writes, so that its own item is told from another's when it is refused: see
    /// `docs/decisions/0012-one-write-one-token.md`. What succeeds however often it is done bears none.
    pub(super) fn marked(self, id: &str) -> Self {
        let value = || AttributeValue::S(id.to_owned());
        Self(self.0.map(|kind| match kind {
            Kind::Put(table, mut item, expression) if expression.is_conditional() => {
                item.insert(WRITE_ID.to_owned(), value());
                Kind::Put(table, item, expression)
            }
            Kind::Update(table, key, expression) => {
                let other = Condition::Differs(WRITE_ID, value());
                Kind::Update(table, key, expression.set(WRITE_ID, value()).when(&[other]))
            }
            other @ (Kind::Put(..) | Kind::Delete(..) | Kind::Check(..)) => other,
        }))
    }

    fn put_when<E: Entity>(entity: &E, rev: u64, conditions: &[Condition]) -> Self {
        Self(
            entity::to_item(entity, rev)
                .map(|item| Kind::Put(E::TABLE, item, Expression::new().when(conditions))),
        )
    }
}

/// A change of some attributes of one item; build it, then `.into()` a [`Write`].
#[derive(Debug)]
pub struct Update {
    table: Table,
    key: Key,
    expression: Result<Expression, StoreError>,
    entity: &'static str,
}

impl Update {
    /// Changes the item at `key`.
    #[must_use]
    pub fn of<E: Entity>(key: Key) -> Self {
        Self { table: E::TABLE, key, expression: Ok(Expression::new()), entity: E::TYPE }
    }

    /// Sets `attribute` to `value`.
    #[must_use]
    pub fn set<T: Serialize>(mut self, attribute: &'static str, value: &T) -> Self {
        let entity = self.entity;
        self.expression = self.expression.and_then(|expression| {
            let value = serde_dynamo::to_attribute_value(value)
                .map_err(|error| StoreError::corrupt(entity, error))?;
            Ok(expression.set(attribute, value))
        });
        self
    }

    /// Adds `amount` to the number `attribute`, which counts from zero.
    #[must_use]
    pub fn add(mut self, attribute: &'static str, amount: i64) -> Self {
        self.expression = self.expression.map(|expression| expression.add(attribute, amount));
        self
    }

    /// Adds `text` to the set `attribute`, which may not be there yet: the race-safe way to collect.
    #[must_use]
    pub fn include(mut self, attribute: &'static str, text: &str) -> Self {
        let member = AttributeValue::Ss(vec![text.to_owned()]);
        self.expression = self.expression.map(|expression| expression.add_value(attribute, member));
        self
    }

    /// Removes `attribute`.
    #[must_use]
    pub fn remove(mut self, attribute: &'static str) -> Self {
        self.expression = self.expression.map(|expression| expression.remove(attribute));
        self
    }

    /// Only where all of `conditions` hold.
    #[must_use]
    pub fn when(mut self, conditions: &[Condition]) -> Self {
        self.expression = self.expression.map(|expression| expression.when(conditions));
        self
    }
}

impl From<Update> for Write {
    fn from(update: Update) -> Self {
        // Every change moves the revision, so that a concurrent `replace` notices it.
        Self(
            update
                .expression
                .map(|expression| Kind::Update(update.table, update.key, expression.add("rev", 1))),
        )
    }
}
