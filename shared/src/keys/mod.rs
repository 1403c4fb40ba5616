//! Keys: KMS wraps data keys, one per purpose; a data key wraps or derives everything else, in memory, once per cold start.
//!
//! A purpose is part of the KMS encryption context, so that a function's role can be narrowed to the purposes it needs.

mod data_key;
mod error;
mod handle;
mod sealer;

pub use data_key::{Purpose, create_data_keys};
pub use error::KeyError;
pub use handle::{Handle, HandleKind};
pub use sealer::{Sealer, pepper, sealer};
