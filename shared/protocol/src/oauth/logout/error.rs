//! Why a request to sign out is not understood. It is told on a page, and nobody is sent anywhere.

use crate::http::Problem;
use crate::oauth::OAuthError;
use crate::page::Fault;

/// A request to sign out that is not understood.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The hint is no ID token of ours, or another client's.
    #[error("`id_token_hint` is not an ID token of this server and this client")]
    Hint,
    /// No such client.
    #[error("no client is registered under this `client_id`")]
    Client,
    /// Nobody knows for whom the address would have to be registered.
    #[error("a `post_logout_redirect_uri` needs `id_token_hint` or `client_id`: who asks")]
    Nobody,
    /// The address is not registered.
    #[error("the `post_logout_redirect_uri` is not registered for the client that asks")]
    ReturnTo,
    /// The state is too long.
    #[error("`state` is too long")]
    State,
    /// Something of ours failed.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
}

impl From<LogoutError> for Problem {
    fn from(error: LogoutError) -> Self {
        let said = error.to_string();
        match error {
            LogoutError::Hint | LogoutError::State | LogoutError::Nobody => Self::invalid_request(said),
            LogoutError::Client => Self::invalid_request(said).saying(Fault::ClientUnknown),
            LogoutError::ReturnTo => Self::invalid_request(said).saying(Fault::RedirectUriInvalid),
            LogoutError::OAuth(source) => source.into(),
        }
    }
}
