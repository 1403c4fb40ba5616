//! What can go wrong with sessions.

use crate::http::Problem;
use crate::keys::KeyError;
use crate::page::Fault;
use crate::store::StoreError;

/// A session that could not be read, checked or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The form's token does not fit the browser.
    #[error("`csrf` is missing, or belongs to another browser or to another `tx`")]
    Forged,
    /// The sealer could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Forged => Self::forbidden(
                "csrf",
                "`csrf` is missing, or belongs to another browser or to another `tx`; load the page again",
            )
            .saying(Fault::FormExpired),
            SessionError::Key(source) => source.into(),
            SessionError::Store(source) => source.into(),
        }
    }
}
