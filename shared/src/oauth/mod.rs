//! OAuth 2.0 and OpenID Connect: scopes, tokens, and what is built of them.

pub mod discovery;
pub mod scope;
pub mod tokens;
