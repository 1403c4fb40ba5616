//! Tokens: access tokens (RFC 9068 JWTs or opaque handles) and ID tokens (OpenID Connect Core §2), made and checked.

mod authenticate;
mod binding;
mod certificate;
mod claims;
mod error;
mod introspect;
mod introspection_jwt;
mod mint;
mod opaque;
mod presented;
mod revoked;
mod scheme;
#[cfg(test)]
mod tests;
mod userinfo;

pub use authenticate::{AccessToken, authenticate};
pub use claims::{AccessClaims, ActingParty, Audience, Confirmation};
pub use error::TokensError;
pub use introspect::introspect;
pub use mint::{AccessTokenFor, Customer, IdTokenFor, Minted, access_token, id_token};
pub use presented::{LiveCustomer, LiveToken, check};
pub use revoked::{Revocable, find_revocable};
pub use scheme::Scheme;
pub use userinfo::userinfo;

pub(super) use mint::half_hash;
pub(super) use presented::find_behind;
