//! OAuth 2.0 and OpenID Connect, under the standards' own names.

pub mod jwks;
