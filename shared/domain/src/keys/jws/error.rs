//! Why a JWT of somebody else is not taken. Its maker may know: none of it is a secret.

/// A JWT that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It is longer than it may be.
    #[error("the JWT is too long")]
    TooLong,
    /// It has not the form of one.
    #[error("it is not a JWT")]
    Malformed,
    /// It wants extensions to be understood.
    #[error("the JWT has critical extensions, and none is known here")]
    Critical,
    /// Its algorithm is not one of those that may be used.
    #[error("the JWT is signed with an algorithm that may not be used here")]
    Algorithm,
    /// Nobody whose keys are known has made it as it is.
    #[error("the signature of the JWT was not made with a known key")]
    Signature,
    /// Its claims cannot be read.
    #[error("a claim of the JWT is missing or of another kind")]
    Claims,
}
