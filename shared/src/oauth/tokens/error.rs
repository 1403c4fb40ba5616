//! Why an access token is not taken, and how RFC 6750 §3 has it said.

use http::{StatusCode, header};

use crate::http::Problem;
use crate::keys::KeyError;
use crate::store::StoreError;

/// An access token that opens nothing here.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// There is none.
    #[error("an access token is needed")]
    Absent,
    /// It came in several ways at once (RFC 6750 §2).
    #[error("the access token was sent in more than one way")]
    Repeated,
    /// It is not a token of ours.
    #[error("the access token is malformed or was not issued here")]
    Foreign,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
    /// It was revoked, or what it was issued under has ended.
    #[error("the access token was revoked")]
    Revoked,
    /// It is for somebody else.
    #[error("the access token is meant for another API")]
    Audience,
    /// It does not allow what is asked.
    #[error("the access token lacks the scope `{0}`")]
    Scope(&'static str),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokensError {
    /// Whether the fault is the token's, not ours.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Absent
            | Self::Repeated
            | Self::Foreign
            | Self::Expired
            | Self::Revoked
            | Self::Audience
            | Self::Scope(_) => true,
            Self::Key(_) | Self::Store(_) => false,
        }
    }
}

impl From<TokensError> for Problem {
    fn from(error: TokensError) -> Self {
        let detail = error.to_string();
        let refused = |status, code: &'static str, more: &str| {
            let told = detail.replace('`', "'");
            let challenge =
                format!(r#"Bearer realm="latchkey", error="{code}", error_description="{told}"{more}"#);
            Self::new(status, code, detail.clone()).header(header::WWW_AUTHENTICATE, &challenge)
        };
        match error {
            // RFC 6750 §3.1: who sends no token is told no error, only what to send.
            TokensError::Absent => Self::unauthorized("invalid_token", detail, r#"Bearer realm="latchkey""#),
            TokensError::Repeated => refused(StatusCode::BAD_REQUEST, "invalid_request", ""),
            TokensError::Foreign | TokensError::Expired | TokensError::Revoked | TokensError::Audience => {
                refused(StatusCode::UNAUTHORIZED, "invalid_token", "")
            }
            TokensError::Scope(scope) => {
                refused(StatusCode::FORBIDDEN, "insufficient_scope", &format!(r#", scope="{scope}""#))
            }
            TokensError::Key(source) => source.into(),
            TokensError::Store(source) => source.into(),
        }
    }
}
