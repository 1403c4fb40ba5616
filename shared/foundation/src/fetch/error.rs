//! Why nothing was fetched, as whoever gave the address may be told: of what lies behind our network they learn nothing.

use http::StatusCode;

use super::TargetFault;

/// A document that was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that may be asked for.
    #[error("the address cannot be used: {0}")]
    Target(#[from] TargetFault),
    /// The request has a header that cannot be sent.
    #[error("the request cannot be written")]
    Malformed,
    /// Nobody answered there: no such name, no public address, no connection, no certificate that holds, no HTTP.
    #[error("nobody could be reached at the address")]
    Unreachable,
    /// It took too long.
    #[error("the answer took too long")]
    Slow,
    /// The answer is too long.
    #[error("the answer is longer than {0} bytes")]
    Large(usize),
    /// The answer is not one of success. Redirects are not followed: they are for people.
    #[error("the answer has the status {}", .0.as_u16())]
    Status(StatusCode),
}
