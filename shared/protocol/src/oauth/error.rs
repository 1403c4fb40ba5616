//! What can go wrong at the token endpoint and those beside it, and how RFC 6749 §5.2 has it said.

use std::borrow::Cow;

use crate::client::ClientError;
use crate::http::Problem;
use crate::identity::IdentityError;
use crate::keys::KeyError;
use crate::limit::LimitError;
use crate::oauth::authorization::{ErrorCode, Refusal};
use crate::oauth::details::DetailsError;
use crate::oauth::dpop::DpopError;
use crate::oauth::tokens::TokensError;
use crate::session::SessionError;
use crate::store::StoreError;

/// A request that was not granted.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// A parameter is missing or wrong.
    #[error("{0}")]
    InvalidRequest(Cow<'static, str>),
    /// The code or refresh token is not worth anything.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// An assertion about a customer is not worth anything (RFC 7523 §3.1).
    #[error("`assertion`: {0}")]
    InvalidAssertion(String),
    /// The client is not registered for this grant.
    #[error("the client may not use the grant type `{0}`")]
    UnauthorizedClient(&'static str),
    /// No such grant type.
    #[error("`grant_type` must be one of the metadata's `grant_types_supported`")]
    UnsupportedGrantType,
    /// The customer has not decided yet (RFC 8628 §3.5).
    #[error("the customer has not decided yet")]
    AuthorizationPending,
    /// The client asks too often (RFC 8628 §3.5).
    #[error("the client polls too often: wait 5 seconds longer from now on")]
    SlowDown,
    /// Nobody decided in time (RFC 8628 §3.5).
    #[error("the request has expired: begin anew")]
    ExpiredToken,
    /// The customer said no (RFC 8628 §3.5).
    #[error("the customer said no")]
    AccessDenied,
    /// The hint of a client names nobody who could be asked (CIBA Core §13).
    #[error("no customer who can be asked is known by this hint")]
    UnknownUser,
    /// The message of a client cannot be shown (CIBA Core §13).
    #[error("`binding_message` must be at most 100 printable characters")]
    BindingMessage,
    /// More or other scopes than may be granted.
    #[error("{0}")]
    InvalidScope(Cow<'static, str>),
    /// A resource that is unknown or was not granted (RFC 8707 §2).
    #[error("{0}")]
    InvalidTarget(Cow<'static, str>),
    /// Details of an unknown type, not as it has them, or more than was granted (RFC 9396 §6.1).
    #[error("{0}")]
    InvalidDetails(Cow<'static, str>),
    /// A software statement that is not what it should be (RFC 7591 §3.2.2).
    #[error("{0}")]
    InvalidStatement(Cow<'static, str>),
    /// A software statement of somebody whom the deployment does not trust.
    #[error("software statements of this issuer are not trusted here")]
    UnapprovedStatement,
    /// A registration or initial access token that is not good for this (RFC 7592 §3).
    #[error("the token is not valid for this registration")]
    InvalidToken,
    /// Clients cannot register themselves here.
    #[error("clients cannot register themselves here")]
    RegistrationClosed,
    /// A client could not be read or changed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A customer could not be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A session could not be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Too many, for now.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The proof of a key is missing, or proves nothing.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// A token could not be read.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        match refusal.code {
            ErrorCode::InvalidScope => Self::InvalidScope(refusal.detail),
            ErrorCode::InvalidTarget => Self::InvalidTarget(refusal.detail),
            ErrorCode::InvalidAuthorizationDetails => Self::InvalidDetails(refusal.detail),
            ErrorCode::InvalidRequest
            | ErrorCode::UnauthorizedClient
            | ErrorCode::AccessDenied
            | ErrorCode::UnsupportedResponseType
            | ErrorCode::ServerError
            | ErrorCode::TemporarilyUnavailable
            | ErrorCode::InteractionRequired
            | ErrorCode::LoginRequired
            | ErrorCode::AccountSelectionRequired
            | ErrorCode::ConsentRequired
            | ErrorCode::UnmetAuthenticationRequirements
            | ErrorCode::InvalidRequestObject
            | ErrorCode::RequestUriNotSupported
            | ErrorCode::InvalidRequestUri
            | ErrorCode::RegistrationNotSupported => Self::InvalidRequest(refusal.detail),
        }
    }
}

impl From<DetailsError> for OAuthError {
    fn from(error: DetailsError) -> Self {
        Self::InvalidDetails(error.to_string().into())
    }
}

impl OAuthError {
    /// `invalid_request`: the parameter is missing.
    #[must_use]
    pub fn missing(name: &'static str) -> Self {
        Self::InvalidRequest(format!("the parameter `{name}` is missing").into())
    }
}

impl From<OAuthError> for Problem {
    fn from(error: OAuthError) -> Self {
        let said = error.to_string();
        match error {
            OAuthError::InvalidRequest(_) => Self::invalid_request(said),
            OAuthError::InvalidGrant(_) | OAuthError::InvalidAssertion(_) => {
                Self::bad_request("invalid_grant", said)
            }
            OAuthError::UnauthorizedClient(_) => Self::bad_request("unauthorized_client", said),
            OAuthError::UnsupportedGrantType => Self::bad_request("unsupported_grant_type", said),
            OAuthError::AuthorizationPending => Self::bad_request("authorization_pending", said),
            OAuthError::SlowDown => Self::bad_request("slow_down", said),
            OAuthError::ExpiredToken => Self::bad_request("expired_token", said),
            OAuthError::AccessDenied => Self::bad_request("access_denied", said),
            OAuthError::UnknownUser => Self::bad_request("unknown_user_id", said),
            OAuthError::BindingMessage => Self::bad_request("invalid_binding_message", said),
            OAuthError::InvalidScope(_) => Self::bad_request("invalid_scope", said),
            OAuthError::InvalidTarget(_) => Self::bad_request("invalid_target", said),
            OAuthError::InvalidDetails(_) => Self::bad_request("invalid_authorization_details", said),
            OAuthError::InvalidStatement(_) => Self::bad_request("invalid_software_statement", said),
            OAuthError::UnapprovedStatement => Self::bad_request("unapproved_software_statement", said),
            OAuthError::InvalidToken => {
                Self::unauthorized("invalid_token", said, "Bearer error=\"invalid_token\"")
            }
            OAuthError::RegistrationClosed => Self::forbidden("access_denied", said),
            OAuthError::Client(source) => source.into(),
            OAuthError::Identity(source) => source.into(),
            OAuthError::Session(source) => source.into(),
            OAuthError::Limit(source) => source.into(),
            OAuthError::Key(source) => source.into(),
            OAuthError::Dpop(source) => source.into(),
            OAuthError::Tokens(source) => source.into(),
            OAuthError::Store(source) => source.into(),
        }
    }
}
