//! Why an access token is not taken, and how RFC 6750 §3 and RFC 9449 §7.1 have it said.

use http::{StatusCode, header};

use super::scheme::Scheme;
use crate::client::ClientError;
use crate::http::Problem;
use crate::keys::KeyError;
use crate::oauth::dpop::{self, DpopError};
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
    /// It came as a bearer token, and is none (RFC 9449 §7.2).
    #[error("the access token is bound to a key: send it as `DPoP`, with a proof")]
    Bound,
    /// It came with the scheme of a bound token, and is none.
    #[error("the access token is not bound to a key: send it as `Bearer`")]
    Unbound,
    /// It came over another connection than one of its certificate (RFC 8705 §3).
    #[error("the access token is bound to a certificate: connect with that one")]
    Certificate,
    /// It does not allow what is asked.
    #[error("the access token lacks the scope `{0}`")]
    Scope(&'static str),
    /// The customer signed in too long ago for what is asked (RFC 9470 §3).
    #[error("the customer signed in too long ago for this")]
    Stale {
        /// How long ago it may be, in seconds.
        max_age: u64,
    },
    /// The proof that it came with proves nothing.
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
            | Self::Bound
            | Self::Unbound
            | Self::Certificate
            | Self::Scope(_)
            | Self::Stale { .. } => true,
            Self::Dpop(error) => error.code().is_some(),
            Self::Client(_) | Self::Key(_) | Self::Store(_) => false,
        }
    }

    /// The problem, with challenges for a token that came by `scheme`.
    #[must_use]
    pub fn problem(self, scheme: Scheme) -> Problem {
        let detail = self.to_string();
        let refused = |status, code: &'static str, more: &str| {
            let told = detail.replace('`', "'");
            let told = format!(r#", error="{code}", error_description="{told}"{more}"#);
            challenge(Problem::new(status, code, detail.clone()), scheme, &told)
        };
        match self {
            // RFC 6750 §3.1: who sends no token is told no error, only what to send.
            Self::Absent => {
                challenge(Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail), scheme, "")
            }
            Self::Repeated => refused(StatusCode::BAD_REQUEST, "invalid_request", ""),
            Self::Foreign
            | Self::Expired
            | Self::Revoked
            | Self::Audience
            | Self::Bound
            | Self::Unbound
            | Self::Certificate => refused(StatusCode::UNAUTHORIZED, "invalid_token", ""),
            Self::Scope(scope) => {
                refused(StatusCode::FORBIDDEN, "insufficient_scope", &format!(r#", scope="{scope}""#))
            }
            Self::Stale { max_age } => refused(
                StatusCode::UNAUTHORIZED,
                "insufficient_user_authentication",
                &format!(r#", max_age="{max_age}""#),
            ),
            Self::Dpop(error) => match error.code() {
                Some(code) => error.with_challenge(refused(StatusCode::UNAUTHORIZED, code, "")),
                None => error.into(),
            },
            Self::Client(source) => source.into(),
            Self::Key(source) => source.into(),
            Self::Store(source) => source.into(),
        }
    }
}

/// Challenges who came by `scheme`; who may have to ask anew learns that both are open (RFC 9449 §7.2).
fn challenge(problem: Problem, scheme: Scheme, told: &str) -> Problem {
    let anew = problem.status() == StatusCode::UNAUTHORIZED;
    let dpop = format!(r#"DPoP realm="latchkey", algs="{}""#, dpop::algorithms());
    match scheme {
        Scheme::Bearer => {
            let problem =
                problem.header(header::WWW_AUTHENTICATE, &format!(r#"Bearer realm="latchkey"{told}"#));
            if anew { problem.header(header::WWW_AUTHENTICATE, &dpop) } else { problem }
        }
        Scheme::Dpop => problem.header(header::WWW_AUTHENTICATE, &format!("{dpop}{told}")),
    }
}

impl From<TokensError> for Problem {
    fn from(error: TokensError) -> Self {
        error.problem(Scheme::Bearer)
    }
}
