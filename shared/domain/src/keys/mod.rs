//! Keys: KMS wraps data keys, one per purpose; a data key wraps or derives everything else, in memory, once per cold start.
//!
//! A purpose is part of the KMS encryption context, so that a function's role can be narrowed to the purposes it needs.

mod algorithm;
mod data_key;
mod decryption;
mod encryption_key;
mod error;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
mod handle;
pub mod jwe;
mod jwk;
mod jwk_set;
mod jwks;
pub mod jws;
mod published;
mod resting_key;
mod ring;
mod rotation;
mod sealer;
mod signer;
mod signing_key;
#[cfg(test)]
mod tests;
mod verified;

pub use algorithm::Algorithm;
pub use data_key::{Purpose, create_data_keys};
pub use decryption::decrypt;
pub use encryption_key::EncryptionKey;
pub use error::KeyError;
pub use handle::{Handle, HandleKind};
pub use jwk::PublicJwk;
pub use jwk_set::{ClientKey, KeySet};
pub use jwks::{CACHE as JWKS_CACHE, jwks};
pub use published::{publish, published};
pub use resting_key::{KeyState, KeyUse, RestingKey};
pub use ring::{Ring, TokenError, Typ, ring, sign, verify};
pub use rotation::rotate;
pub use sealer::{Sealer, pepper, sealer};
pub use signing_key::SigningKey;
