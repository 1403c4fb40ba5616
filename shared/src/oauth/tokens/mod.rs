//! Tokens: access tokens (RFC 9068 JWTs or opaque handles) and ID tokens (OpenID Connect Core §2), made and checked.

mod claims;
mod mint;
mod opaque;
#[cfg(test)]
mod tests;

pub use claims::{AccessClaims, Audience};
pub use mint::{AccessTokenFor, Customer, IdTokenFor, Minted, access_token, id_token};
