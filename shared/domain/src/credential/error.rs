//! What can go wrong with an authenticator: always a fault of ours.

use crate::http::Problem;
use crate::keys::KeyError;
use crate::store::StoreError;

/// An authenticator that could not be checked or set.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The parameters in the settings, or those of a stored hash, are not ones of Argon2.
    #[error("a password could not be hashed: {0}")]
    Hashing(argon2::Error),
    /// The work was cut short: the process is ending.
    #[error("a password was not hashed to the end")]
    Interrupted,
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CredentialError> for Problem {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Hashing(_) | CredentialError::Interrupted => Self::internal(error),
            CredentialError::Key(source) => source.into(),
            CredentialError::Store(source) => source.into(),
        }
    }
}
