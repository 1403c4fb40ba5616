//! What can go wrong with keys: always a fault of ours.

use crate::http::Problem;
use crate::store::StoreError;

/// A key that could not be had or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The deployment was not seeded.
    #[error("there is no `{0}` key yet: run the seed job")]
    Missing(&'static str),
    /// KMS refused or did not answer.
    #[error("KMS did not do it: {0}")]
    Kms(String),
    /// Key material that cannot be used.
    #[error("a `{0}` key is damaged")]
    Damaged(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Missing(_) | KeyError::Kms(_) | KeyError::Damaged(_) => Self::internal(error),
            KeyError::Store(source) => source.into(),
        }
    }
}
