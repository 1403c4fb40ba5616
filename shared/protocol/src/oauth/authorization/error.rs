//! What can be wrong with an authorization request, and who may be told: the client by way of its redirect URI, or, while that is in
//! doubt, the person in front of the browser alone (RFC 6749 §4.1.2.1).

use std::borrow::Cow;

use http::StatusCode;

use super::respond::ReturnAddress;
use crate::app::App;
use crate::app::function::Reply;
use crate::client::ClientError;
use crate::http::{Problem, RequestContext};
use crate::keys::KeyError;
use crate::oauth::details::DetailsError;
use crate::oauth::dpop::DpopError;
use crate::page::Fault;
use crate::store::StoreError;

/// An error code of the authorization endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is malformed (RFC 6749 §4.1.2.1).
    InvalidRequest,
    /// The client may not ask this way.
    UnauthorizedClient,
    /// The customer or the deployment said no.
    AccessDenied,
    /// No such response type.
    UnsupportedResponseType,
    /// A scope is unknown or not the client's.
    InvalidScope,
    /// A resource is unknown (RFC 8707 §2).
    InvalidTarget,
    /// Details are of an unknown type, or not as it has them (RFC 9396 §5).
    InvalidAuthorizationDetails,
    /// Something of ours broke.
    ServerError,
    /// Something of ours is busy.
    TemporarilyUnavailable,
    /// Something would have to be asked, and `prompt` is `none` (Core §3.1.2.6).
    InteractionRequired,
    /// Nobody is signed in, and `prompt` is `none`.
    LoginRequired,
    /// Several are signed in, and `prompt` is `none`.
    AccountSelectionRequired,
    /// Consent is missing, and `prompt` is `none`.
    ConsentRequired,
    /// The sign-in is not as sure as it must be (Core Error Code unmet_authentication_requirements 1.0).
    UnmetAuthenticationRequirements,
    /// The request object does not hold (RFC 9101 §7).
    InvalidRequestObject,
    /// `request_uri` is not understood (Core §6.2).
    RequestUriNotSupported,
    /// What `request_uri` refers to is not to be had any more (RFC 9101 §7).
    InvalidRequestUri,
    /// `registration` is not understood (Core §7.2.1).
    RegistrationNotSupported,
}

impl ErrorCode {
    /// As it is written in the response.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.name())]
pub struct Refusal {
    /// Which.
    pub code: ErrorCode,
    /// What its developer can mend.
    pub detail: Cow<'static, str>,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// `invalid_request`.
    #[must_use]
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail)
    }
}

impl From<DetailsError> for Refusal {
    fn from(error: DetailsError) -> Self {
        Self::new(ErrorCode::InvalidAuthorizationDetails, error.to_string())
    }
}

/// A refusal on its way to the client.
#[derive(Debug)]
pub struct Refused {
    pub(super) refusal: Refusal,
    pub(super) to: ReturnAddress,
}

/// A request that was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// The request does not say who asks.
    #[error("`client_id` is missing")]
    NoClient,
    /// No client is registered under the id.
    #[error("no client is registered under this `client_id`")]
    UnknownClient,
    /// An administrator has stopped the client.
    #[error("the client is disabled")]
    DisabledClient,
    /// The redirect URI is missing or not the client's.
    #[error("{0}")]
    RedirectUri(&'static str),
    /// The request was never pushed, or by another client, or too long ago to be remembered.
    #[error("no request of this client was pushed under this `request_uri`")]
    RequestUri,
    /// A rule does not hold; the client is told.
    #[error("{}", .0.refusal)]
    Refused(Box<Refused>),
    /// A rule does not hold; the client, which asks by itself, is told.
    #[error("{0}")]
    Told(Refusal),
    /// The proof that came with the request is not of the key that it names.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// The client could not be read.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuthorizeError {
    /// Tells whoever may be told: the client by a redirect to its registered address, or the person by a page.
    ///
    /// # Errors
    /// The page, as the problem that it shows.
    pub async fn respond(self, app: &App, context: &RequestContext) -> Reply {
        let page = |error: &Self, fault| Problem::invalid_request(error.to_string()).saying(fault);
        match self {
            Self::Refused(refused) => refused.to.refuse(app, &refused.refusal).await?.respond(app, context),
            Self::Told(_) => Err(self.into()),
            Self::NoClient | Self::UnknownClient => Err(page(&self, Fault::ClientUnknown)),
            Self::DisabledClient => Err(page(&self, Fault::ClientDisabled)),
            Self::RedirectUri(_) => Err(page(&self, Fault::RedirectUriInvalid)),
            Self::RequestUri => Err(page(&self, Fault::RequestUriInvalid)),
            Self::Dpop(source) => Err(source.into()),
            Self::Client(source) => Err(source.into()),
            Self::Key(source) => Err(source.into()),
            Self::Store(source) => Err(source.into()),
        }
    }
}

/// To a client that asks by itself (RFC 9126 §2.3).
impl From<AuthorizeError> for Problem {
    fn from(error: AuthorizeError) -> Self {
        let said = error.to_string();
        match error {
            AuthorizeError::UnknownClient | AuthorizeError::DisabledClient => {
                Self::new(StatusCode::UNAUTHORIZED, "invalid_client", said)
            }
            AuthorizeError::NoClient | AuthorizeError::RedirectUri(_) => Self::invalid_request(said),
            AuthorizeError::RequestUri => Self::bad_request(ErrorCode::InvalidRequestUri.name(), said),
            AuthorizeError::Refused(refused) => {
                Self::bad_request(refused.refusal.code.name(), refused.refusal.detail)
            }
            AuthorizeError::Told(refusal) => Self::bad_request(refusal.code.name(), refusal.detail),
            AuthorizeError::Dpop(source) => source.into(),
            AuthorizeError::Client(source) => source.into(),
            AuthorizeError::Key(source) => source.into(),
            AuthorizeError::Store(source) => source.into(),
        }
    }
}
