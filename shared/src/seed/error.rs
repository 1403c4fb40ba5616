//! What can go wrong with the seed.

use crate::flow::FlowError;
use crate::identity::IdentityError;
use crate::keys::KeyError;
use crate::store::StoreError;

/// A seed that did not come up.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The first administrator's address is none.
    #[error("`LATCHKEY_ADMIN_EMAIL` is not an e-mail address: {0}")]
    AdminEmail(&'static str),
    /// An account could not be read or made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Keys could not be made.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A flow could not be planted.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
