//! What can go wrong with a read or a write.

use super::{Entity, Item, Stored, row};
use crate::http::Problem;

/// A read or a write that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold: the write lost a race, or the rule that it guards was broken. Nothing was written.
    #[error("the condition of write {index} did not hold")]
    Refused {
        /// Which write of the transaction; 0 for a single write.
        index: usize,
        /// The item as it is, where there is one.
        item: Option<Box<Item>>,
    },
    /// Another transaction held the item, or DynamoDB had too much to do, and still after some tries. Whoever asks again later may succeed.
    #[error("DynamoDB is busy")]
    Busy,
    /// The item is not what this version of the code writes.
    #[error("a `{entity}` could not be read or written: {source}")]
    Corrupt {
        /// The entity's type.
        entity: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// DynamoDB did not answer, or failed itself.
    #[error("DynamoDB did not answer: {0}")]
    Unavailable(String),
    /// DynamoDB does not do what was asked: a fault of ours, or of the role.
    #[error("DynamoDB refused: {0}")]
    Failed(String),
}

impl StoreError {
    pub(super) fn corrupt(
        entity: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { entity, source: source.into() }
    }

    /// The row that won, where a single write lost to it.
    ///
    /// # Errors
    /// The error itself when it is another, or the row cannot be read.
    pub fn winner<E: Entity>(self) -> Result<Option<Stored<E>>, Self> {
        match self {
            Self::Refused { item: Some(item), .. } => row::of_item(&item).map(Some),
            Self::Refused { item: None, .. } => Ok(None),
            other => Err(other),
        }
    }

    /// Whether a condition did not hold.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Refused { .. } | StoreError::Corrupt { .. } | StoreError::Failed(_) => {
                Self::internal(error)
            }
        }
    }
}
