//! What can go wrong with clients, and how RFC 6749 §5.2 has it said.

use http::{StatusCode, header};

use crate::http::Problem;
use crate::id::SecretId;
use crate::keys::KeyError;
use crate::page::Fault;
use crate::store::StoreError;

const CHALLENGE: &str = "Basic realm=\"latchkey\", charset=\"UTF-8\"";

/// A client that is not who it says, or could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The request does not say who it is, or does so in several ways.
    #[error("{0}")]
    Malformed(&'static str),
    /// It is not a client of ours, or has not proven to be it: one answer for both.
    #[error("{}", .0.words())]
    Unproven(Tried),
    /// Its registration is against the security profile that it keeps.
    #[error("the client's registration is against its security profile: {0}")]
    Noncompliant(&'static str),
    /// Two secrets are live already.
    #[error("the client `{0}` has two secrets; retire one first")]
    TooManySecrets(String),
    /// There is no such client, where somebody of ours names one.
    #[error("no client is registered as `{0}`")]
    Unknown(String),
    /// It has no such secret.
    #[error("the client has no secret `{0}`")]
    UnknownSecret(SecretId),
    /// It proves itself in another way.
    #[error("the client `{0}` does not prove itself by a secret")]
    WithoutSecrets(String),
    /// Metadata that cannot be registered (RFC 7591 §3.2.2).
    #[error("{0}")]
    InvalidMetadata(String),
    /// A redirect URI that cannot be registered (RFC 7591 §3.2.2).
    #[error("{0}")]
    InvalidRedirectUri(String),
    /// The keys that a client publishes (`jwks_uri`) cannot be had.
    #[error("the keys at the client's `jwks_uri` cannot be used: {0}")]
    Keys(String),
    /// It wants something encrypted, and has no key for that.
    #[error("the client has no key that could be encrypted to with `{0}`")]
    NoRecipient(&'static str),
    /// A document that a client names cannot be had.
    #[error("it cannot be read: {0}")]
    Fetch(String),
    /// The document that a client's id is the address of cannot be used.
    #[error("the document at the `client_id` cannot be used: {0}")]
    Document(String),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// By which way a client tried to prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// `Authorization: Basic`: the answer challenges (RFC 6749 §5.2).
    Basic,
    /// A secret in the form.
    Secret,
    /// A JWT that it may not have made.
    Assertion,
    /// A JWT that it has made, and what is wrong with that.
    OwnAssertion(&'static str),
    /// Its name alone, and whatever certificate the connection has.
    Name,
    /// Not even that.
    Nothing,
}

impl Tried {
    /// What its developer may have to mend. Who has proven nothing does not learn which of that it is, nor which clients there are.
    const fn words(self) -> &'static str {
        match self {
            Self::Basic => {
                "the client is unknown, its secret is wrong, or it is registered for another method than `client_secret_basic`"
            }
            Self::Secret => {
                "the client is unknown, its secret is wrong, or it is registered for another method than `client_secret_post`"
            }
            Self::Assertion => {
                "the client is unknown, it has not made the `client_assertion` with a key or secret and algorithm of its registration, or it \
                 is registered for another method"
            }
            Self::OwnAssertion(fault) => fault,
            Self::Name => {
                "the client is unknown, or has to authenticate, with a certificate if it is registered for that: the request has its name alone"
            }
            Self::Nothing => {
                "the request names no client: it has no `client_id`, no `client_assertion`, and no `Authorization: Basic` header"
            }
        }
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Malformed(detail) => Self::invalid_request(detail),
            ClientError::Unproven(tried) => {
                let problem = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", tried.words());
                match tried {
                    Tried::Basic => problem.header(header::WWW_AUTHENTICATE, CHALLENGE),
                    _ => problem,
                }
            }
            ClientError::TooManySecrets(_) => Self::conflict("too_many_secrets", error.to_string()),
            ClientError::NoRecipient(_) => Self::bad_request("invalid_client_metadata", error.to_string()),
            ClientError::Unknown(_) | ClientError::UnknownSecret(_) => {
                Self::not_found("not_found", error.to_string())
            }
            ClientError::WithoutSecrets(_) => Self::conflict("without_secrets", error.to_string()),
            ClientError::InvalidMetadata(detail) => Self::bad_request("invalid_client_metadata", detail),
            ClientError::InvalidRedirectUri(detail) => Self::bad_request("invalid_redirect_uri", detail),
            ClientError::Keys(_) | ClientError::Noncompliant(_) => {
                Self::new(StatusCode::UNAUTHORIZED, "invalid_client", error.to_string())
            }
            ClientError::Fetch(_) => Self::bad_request("invalid_client_metadata", error.to_string()),
            ClientError::Document(_) => {
                Self::bad_request("invalid_client", error.to_string()).saying(Fault::ClientUnknown)
            }
            ClientError::Key(source) => source.into(),
            ClientError::Store(source) => source.into(),
        }
    }
}
