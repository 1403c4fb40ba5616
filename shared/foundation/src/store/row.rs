//! Rows of an answer: entities straight from its JSON.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use serde_json::value::{RawValue, to_raw_value};

use super::attribute::{Attributes, Text};
use super::{Entity, Item, StoreError, Stored};

/// The entity and its revision in an item in DynamoDB's JSON.
pub(super) fn entity<E: Entity>(item: &RawValue) -> Result<Stored<E>, StoreError> {
    match serde_json::from_str(item.get()) {
        Ok(Row(stored)) => Ok(stored),
        // What serde says may quote what the item holds.
        Err(error) => {
            Err(StoreError::corrupt(E::TYPE, format!("{:?} at byte {}", error.classify(), error.column())))
        }
    }
}

/// The entity in `item`, as the SDK has it or as a write lost to it.
pub(super) fn of_item<E: Entity>(item: &Item) -> Result<Stored<E>, StoreError> {
    entity(&json(item)?)
}

/// `item` in DynamoDB's JSON.
pub(super) fn json(item: &Item) -> Result<Box<RawValue>, StoreError> {
    to_raw_value(item).map_err(|source| StoreError::corrupt("item", source))
}

struct Row<E>(Stored<E>);

impl<'de, E: Entity> Deserialize<'de> for Row<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<E>(PhantomData<E>);

impl<'de, E: Entity> Visitor<'de> for Reader<E> {
    type Value = Row<E>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Row<E>, A::Error> {
        let mut rev = 1;
        let members = Members { members: Attributes(members), rev: &mut rev, at_rev: false };
        let entity = E::deserialize(MapAccessDeserializer::new(members))?;
        Ok(Row(Stored { entity, rev }))
    }
}

/// The members of an item; notices its revision as it goes by.
struct Members<'a, A> {
    members: Attributes<A>,
    rev: &'a mut u64,
    at_rev: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(Text(name)) = self.members.next_key()? else { return Ok(None) };
        self.at_rev = name == "rev";
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        if self.at_rev {
            *self.rev = self.members.next_value()?;
            return seed.deserialize(self.rev.into_deserializer());
        }
        self.members.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::*;
    use crate::store::entity::to_item;
    use crate::store::{Key, Table};

    /// Everything that entities are made of.
    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Sample {
        id: Name,
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        absent: Option<Name>,
        count: u64,
        offset: i64,
        share: f64,
        flag: bool,
        list: Vec<Shape>,
        pair: (u8, Name),
        map: BTreeMap<String, Option<Shape>>,
        any: Value,
        tagged: Tagged,
        either: Either,
        #[serde(flatten)]
        more: More,
    }

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    struct More {
        number: u32,
        shape: Option<Shape>,
    }

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    struct Name(String);

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Unit,
        Newtype(u32),
        Tuple(String, bool),
        Struct { text: String, inner: Option<Box<Shape>> },
    }

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    #[serde(tag = "type")]
    enum Tagged {
        Empty,
        Full { at: i64, shapes: Vec<Shape> },
    }

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    #[serde(untagged)]
    enum Either {
        One(String),
        Many(Vec<String>),
    }

    impl Entity for Sample {
        const TYPE: &'static str = "sample";
        const TABLE: Table = Table::Config;
        fn key(&self) -> Key {
            Key::new(&self.id.0, "SAMPLE")
        }
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let leaf = prop_oneof![
            Just(Shape::Unit),
            any::<u32>().prop_map(Shape::Newtype),
            (any::<String>(), any::<bool>()).prop_map(|(text, flag)| Shape::Tuple(text, flag)),
            any::<String>().prop_map(|text| Shape::Struct { text, inner: None }),
        ];
        leaf.prop_recursive(3, 8, 1, |inner| {
            let inner = proptest::option::of(inner.prop_map(Box::new));
            (any::<String>(), inner).prop_map(|(text, inner)| Shape::Struct { text, inner })
        })
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn tagged() -> impl Strategy<Value = Tagged> {
        let full = (any::<i64>(), prop::collection::vec(shape(), 0..3));
        prop_oneof![Just(Tagged::Empty), full.prop_map(|(at, shapes)| Tagged::Full { at, shapes })]
    }

    fn either() -> impl Strategy<Value = Either> {
        let many = prop::collection::vec(any::<String>(), 0..3);
        prop_oneof![any::<String>().prop_map(Either::One), many.prop_map(Either::Many)]
    }

    prop_compose! {
        fn sample()(
            (id, text, absent) in (any::<String>(), any::<Option<String>>(), any::<Option<String>>()),
            (count, offset, share, flag) in (any::<u64>(), any::<i64>(), -1e9..1e9, any::<bool>()),
            list in prop::collection::vec(shape(), 0..4),
            pair in (any::<u8>(), any::<String>()),
            map in prop::collection::btree_map(any::<String>(), proptest::option::of(shape()), 0..4),
            any in value(),
            tagged in tagged(),
            either in either(),
            (number, last) in (any::<u32>(), proptest::option::of(shape())),
        ) -> Sample {
            let pair = (pair.0, Name(pair.1));
            let more = More { number, shape: last };
            let (id, absent) = (Name(id), absent.map(Name));
            Sample { id, text, absent, count, offset, share, flag, list, pair, map, any, tagged, either, more }
        }
    }

    proptest! {
        #[test]
        fn items_are_read_as_the_library_that_writes_them_reads_them(sample in sample(), rev in 1..u64::MAX) {
            let item = to_item(&sample, rev).unwrap();
            let read = of_item::<Sample>(&item).unwrap();
            prop_assert_eq!(read.rev, rev);
            prop_assert_eq!(&read.entity, &sample);
            let by_library: Sample = serde_dynamo::from_item(item).unwrap();
            prop_assert_eq!(by_library, sample);
        }
    }

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Few {
        texts: Vec<String>,
    }

    impl Entity for Few {
        const TYPE: &'static str = "few";
        const TABLE: Table = Table::Config;
        fn key(&self) -> Key {
            Key::new("FEW", "FEW")
        }
    }

    fn few(item: &Value) -> Result<Stored<Few>, StoreError> {
        entity(&to_raw_value(item).unwrap())
    }

    #[test]
    fn sets_are_lists_and_a_row_without_revision_is_the_first() {
        let read = few(&json!({ "texts": { "SS": ["a", "b"] }, "other": { "B": "AA==" } })).unwrap();
        assert_eq!((read.entity.texts, read.rev), (vec!["a".to_owned(), "b".to_owned()], 1));
    }

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        for texts in [json!({ "S": "ada@example.com" }), json!({ "L": [{ "M": { "ada@example.com": {} } }] })]
        {
            let error = few(&json!({ "texts": texts })).unwrap_err().to_string();
            assert!(error.contains("few") && !error.contains("ada"), "{error}");
        }
    }

    #[test]
    fn what_is_no_attribute_value_is_refused() {
        for texts in [
            json!({}),
            json!({ "SS": ["a"], "L": [] }),
            json!({ "X": ["a"] }),
            json!({ "L": ["a"] }),
            json!({ "L": [{ "N": "1" }] }),
            json!(["a"]),
            json!("a"),
        ] {
            assert!(few(&json!({ "texts": texts })).is_err(), "{texts}");
        }
        assert!(few(&json!({ "texts": { "L": [] }, "rev": { "S": "1" } })).is_err());
    }
}
