//! What can go wrong with an account in its owner's hands.

use http::StatusCode;

use crate::client::ClientError;
use crate::credential::CredentialError;
use crate::flow::{FlowError, Rejection};
use crate::http::Problem;
use crate::identity::IdentityError;
use crate::keys::KeyError;
use crate::limit::LimitError;
use crate::page::FieldError;
use crate::session::SessionError;
use crate::store::StoreError;

/// A change of an account that did not happen, or something of it that could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Some of what was typed cannot be so.
    #[error("some of what was sent cannot be so")]
    Fields(Vec<FieldError>),
    /// The change was made for another revision than the present one.
    #[error("the account has changed since it was read; read it again")]
    Stale,
    /// Another request changes the account at the same time, and still did at a second try.
    #[error("the account was changed by another request at the same time; try again")]
    Raced,
    /// The customer has no such session.
    #[error("there is no such session")]
    NoSession,
    /// The client has no access to the account.
    #[error("the client has no access to this account")]
    NoGrant,
    /// A cursor of another list, of another customer, or of no list.
    #[error("`after` is not a cursor of this list")]
    Cursor,
    /// Not a length that a part of a list can have.
    #[error("`limit` must be a number from 1 to {most}")]
    ListLimit {
        /// The longest.
        most: i32,
    },
    /// The form has a button that the page does not have.
    #[error("the parameter `action` has no meaning here")]
    Action,
    /// A client could not be read.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A password could not be checked or set.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Sessions could not be ended.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// An account could not be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Too many changes, or too many guesses at the password.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A session could not be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountError {
    /// What the page shows beside its fields.
    ///
    /// # Errors
    /// The problem that no field can show.
    pub fn shown(self) -> Result<Rejection, Problem> {
        match self {
            Self::Fields(errors) => Ok(Rejection::typed(errors)),
            Self::Limit(LimitError::Exceeded { seconds }) => Ok(Rejection::too_many(seconds)),
            other => Err(other.into()),
        }
    }

    /// A change whose condition did not hold: the account is not any more as it was read.
    pub(super) fn of_race(error: StoreError) -> Self {
        if error.is_refused() { Self::Raced } else { Self::Store(error) }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Fields(errors) => Rejection::typed(errors).problem(),
            AccountError::Stale => {
                Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile", error.to_string())
            }
            AccountError::Raced => Self::conflict("account_raced", error.to_string()),
            AccountError::NoSession => Self::not_found("no_such_session", error.to_string()),
            AccountError::NoGrant => Self::not_found("no_such_grant", error.to_string()),
            AccountError::Cursor | AccountError::ListLimit { .. } | AccountError::Action => {
                Self::invalid_request(error.to_string())
            }
            AccountError::Client(source) => source.into(),
            AccountError::Credential(source) => source.into(),
            AccountError::Flow(source) => source.into(),
            AccountError::Identity(source) => source.into(),
            AccountError::Key(source) => source.into(),
            AccountError::Limit(source) => source.into(),
            AccountError::Session(source) => source.into(),
            AccountError::Store(source) => source.into(),
        }
    }
}
