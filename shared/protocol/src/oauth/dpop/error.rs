//! What can be wrong with a proof, and how the token endpoint says it (RFC 9449 §5, §8). Resources say it in a challenge (`tokens`).

use http::HeaderName;

use crate::http::Problem;
use crate::keys::KeyError;
use crate::store::StoreError;

/// The header that gives out nonces (RFC 9449 §8).
pub(super) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A proof that proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum DpopError {
    /// There is none, and there must be.
    #[error("a DPoP proof is needed")]
    Absent,
    /// There is more than one (RFC 9449 §4.3, 1).
    #[error("there is more than one `DPoP` header")]
    Repeated,
    /// A rule of RFC 9449 §4.3 does not hold.
    #[error("the DPoP proof is refused: {0}")]
    Invalid(&'static str),
    /// It was used before (RFC 9449 §11.1).
    #[error("the DPoP proof was used before")]
    Replayed,
    /// It must have a nonce of ours, and has none or an old one (RFC 9449 §8).
    #[error("the DPoP proof must have the `nonce` of the header `DPoP-Nonce`")]
    Nonce {
        /// A good one.
        fresh: String,
    },
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DpopError {
    /// The error's code; `None` for a fault of ours.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Absent | Self::Repeated | Self::Invalid(_) | Self::Replayed => Some("invalid_dpop_proof"),
            Self::Nonce { .. } => Some("use_dpop_nonce"),
            Self::Key(_) | Self::Store(_) => None,
        }
    }

    /// Tells the nonce to use, where that is what is wrong.
    pub(in crate::oauth) fn with_challenge(&self, problem: Problem) -> Problem {
        match self {
            Self::Nonce { fresh } => problem.header(NONCE, fresh),
            Self::Absent
            | Self::Repeated
            | Self::Invalid(_)
            | Self::Replayed
            | Self::Key(_)
            | Self::Store(_) => problem,
        }
    }
}

impl From<DpopError> for Problem {
    fn from(error: DpopError) -> Self {
        match (error.code(), error) {
            (_, DpopError::Key(source)) => source.into(),
            (_, DpopError::Store(source)) => source.into(),
            (code, error) => error
                .with_challenge(Self::bad_request(code.unwrap_or("invalid_dpop_proof"), error.to_string())),
        }
    }
}
