//! What can go wrong with an account.

use crate::http::Problem;
use crate::keys::KeyError;
use crate::store::StoreError;

/// A read or a change of an account that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Key(source) => source.into(),
            IdentityError::Store(source) => source.into(),
        }
    }
}
