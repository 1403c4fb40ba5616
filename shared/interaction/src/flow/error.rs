//! What can go wrong in a flow.

use http::StatusCode;

use crate::app::App;
use crate::client::ClientError;
use crate::credential::CredentialError;
use crate::http::Problem;
use crate::identity::IdentityError;
use crate::keys::KeyError;
use crate::limit::LimitError;
use crate::oauth::authorization::AuthorizeError;
use crate::page::Fault;
use crate::session::SessionError;
use crate::store::StoreError;

/// A flow that cannot go on as asked.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The transaction is over, was never there, or is another browser's.
    #[error("this sign-in has expired, was finished, or was begun in another browser")]
    Expired,
    /// The transaction took too long. What it was for may be begun anew.
    #[error("this sign-in has expired")]
    TimedOut {
        /// Its handle.
        handle: String,
    },
    /// Another request has moved the transaction on, or ended it: where it stands is shown elsewhere.
    #[error("this step was done by another request; see where the sign-in stands")]
    Moved {
        /// There.
        location: String,
    },
    /// Another request has moved the transaction on in the meantime.
    #[error("this step was done by another request at the same time")]
    Raced,
    /// A shipped flow is not one.
    #[error("a shipped flow cannot be read: {0}")]
    Shipped(#[source] serde_json::Error),
    /// There is no flow of this kind.
    #[error("there is no `{0}` flow")]
    Missing(&'static str),
    /// An answer could not be signed.
    #[error(transparent)]
    Authorize(#[from] AuthorizeError),
    /// The client could not be read.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A password could not be checked.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Too many attempts.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// An account could not be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A session could not be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FlowError {
    /// The code of [`Self::Raced`].
    pub(super) const RACED: &str = "transaction_raced";

    /// The transaction has moved on: its own page knows where it stands.
    pub(super) fn moved(app: &App, handle: &str) -> Self {
        Self::Moved { location: app.config.url(&format!("/signin?tx={handle}")) }
    }

    /// A transaction whose condition did not hold: something it relies on has changed meanwhile.
    pub(super) fn of_race(error: StoreError) -> Self {
        if error.is_refused() { Self::Raced } else { Self::Store(error) }
    }
}

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Expired => {
                Self::bad_request("transaction_expired", error.to_string()).saying(Fault::TransactionExpired)
            }
            FlowError::TimedOut { ref handle } => {
                let again = format!("/signin?restart={handle}");
                Self::bad_request("transaction_expired", error.to_string())
                    .saying(Fault::TransactionExpired)
                    .leading_to(again)
            }
            FlowError::Moved { location } => Self::elsewhere(&location),
            FlowError::Raced => Self::new(StatusCode::CONFLICT, FlowError::RACED, error.to_string())
                .saying(Fault::TransactionExpired),
            FlowError::Shipped(_) | FlowError::Missing(_) => Self::internal(error),
            FlowError::Authorize(source) => source.into(),
            FlowError::Client(source) => source.into(),
            FlowError::Credential(source) => source.into(),
            FlowError::Limit(source) => source.into(),
            FlowError::Identity(source) => source.into(),
            FlowError::Session(source) => source.into(),
            FlowError::Key(source) => source.into(),
            FlowError::Store(source) => source.into(),
        }
    }
}
