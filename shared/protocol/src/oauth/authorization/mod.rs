//! Authorization requests (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2): read and checked completely before anything else happens, one
//! rule in one short file. What passes rests in the sign-in transaction; what fails is answered where it is safe to.

mod access;
mod claims;
mod dpop_jkt;
mod error;
mod front;
#[cfg(any(test, feature = "testing"))]
pub(super) mod fuzz;
mod hint;
mod issue;
mod jarm;
mod max_age;
mod pkce;
mod prompt;
mod pushed;
mod redirect_uri;
mod request;
mod request_object;
mod request_uri;
mod resource;
mod respond;
mod response_type;
mod scopes;
#[cfg(test)]
mod tests;
mod texts;
mod validate;

pub use claims::RequestedClaims;
pub use error::{AuthorizeError, ErrorCode, Refusal, Refused};
pub use issue::{Granted, issue};
pub use pushed::{Pushed, push};
pub use request::{AuthorizationRequest, Display, Prompt, ResponseMode};
pub use respond::AuthorizationResponse;
pub use validate::{Validated, validate, validate_direct};

pub(super) use access::{Access, check as check_access};
pub(super) use pkce::verifier_matches;
pub(super) use request_object::params as claimed_params;
pub(super) use respond::with_query;
