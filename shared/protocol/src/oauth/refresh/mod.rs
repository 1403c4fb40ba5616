//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): each use replaces the token, and a token that comes again after it was replaced ends
//! its whole family.
//!
//! An honest client may lose a response and try again with the old token. Within a short grace it is given the same successor, which
//! rests sealed under the old token. So a retry never makes a second chain: a family has one current token at any time, whoever asks
//! how often; and from the database nobody can read it.
//!
//! A token carries 128 random bits and a mark made with the family's seed. A token with a right mark was ours once, however old it is:
//! it ends the family. Anything else is a guess, and guesses end nothing, even of who knows whose token it would have to be.

mod replace;
mod standing;
#[cfg(test)]
mod tests;
mod token;

pub(super) use replace::{Renewal, Rotation, begin, expiry, find, is_good, replace};
pub(super) use standing::{Standing, standing};

#[cfg(test)]
use replace::successor;
