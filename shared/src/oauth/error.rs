//! What can go wrong at the token endpoint and those beside it, and how RFC 6749 §5.2 has it said.

use std::borrow::Cow;

use crate::client::ClientError;
use crate::http::Problem;
use crate::identity::IdentityError;
use crate::keys::KeyError;
use crate::limit::LimitError;
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
    /// The client is not registered for this grant.
    #[error("the client may not use the grant type `{0}`")]
    UnauthorizedClient(&'static str),
    /// No such grant type.
    #[error("`grant_type` must be authorization_code, refresh_token or client_credentials")]
    UnsupportedGrantType,
    /// More or other scopes than may be granted.
    #[error("{0}")]
    InvalidScope(Cow<'static, str>),
    /// A resource that is unknown or was not granted (RFC 8707 §2).
    #[error("{0}")]
    InvalidTarget(&'static str),
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
            OAuthError::InvalidGrant(_) => Self::bad_request("invalid_grant", said),
            OAuthError::UnauthorizedClient(_) => Self::bad_request("unauthorized_client", said),
            OAuthError::UnsupportedGrantType => Self::bad_request("unsupported_grant_type", said),
            OAuthError::InvalidScope(_) => Self::bad_request("invalid_scope", said),
            OAuthError::InvalidTarget(_) => Self::bad_request("invalid_target", said),
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
