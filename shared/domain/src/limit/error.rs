//! What a limit answers.

use crate::http::Problem;
use crate::page::Fault;
use crate::store::StoreError;

/// A take or an attempt that may not be.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// Too many. Again in so many seconds.
    #[error("too many; again in {seconds} seconds")]
    Exceeded {
        /// Until the next one is let through.
        seconds: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for Problem {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded { seconds } => {
                Self::too_many(seconds).saying(Fault::TooManyAttempts { seconds })
            }
            LimitError::Store(source) => source.into(),
        }
    }
}
