//! OAuth 2.0 and OpenID Connect: authorization requests, codes, grants and their refresh tokens, the token endpoint, scopes, tokens.

mod assertion;
pub mod authorization;
pub mod ciba;
pub mod client_document;
pub mod codes;
pub mod details;
pub mod device;
pub mod discovery;
pub mod dpop;
mod error;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
pub mod grants;
pub mod logout;
pub mod pending;
mod refresh;
pub mod registration;
pub mod revocation;
pub mod scope;
pub mod subject;
pub mod token_endpoint;
pub mod tokens;
mod trusted;

pub use error::OAuthError;
