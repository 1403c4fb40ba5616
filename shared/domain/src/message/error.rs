//! What can go wrong with a message on its way: it is tried again, and ends among the dead letters.

use crate::keys::KeyError;
use crate::page::PageError;
use crate::store::StoreError;

/// A message that was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// It was not sealed by this deployment.
    #[error("the message's content cannot be opened")]
    Sealed,
    /// A template is at fault.
    #[error(transparent)]
    Page(#[from] PageError),
    /// SES or SNS did not take it, and may later.
    #[error("the message was not taken: {0}")]
    Unavailable(String),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
