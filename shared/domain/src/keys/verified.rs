//! The tokens whose signatures were found good. A client shows one token many times, and checking its signature is most of what
//! that costs; what a token says is read and judged each time all the same.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::digest;

/// So many are remembered at once, 32 bytes each.
const PLACES: usize = 8192;

/// A set of tokens by their hashes. It belongs to one reading of the ring: a key that is gone takes with it what it has signed.
#[derive(Default)]
pub(super) struct Verified(RwLock<HashSet<[u8; 32]>>);

impl Verified {
    /// Whether this very token, signature and all, is known or `verify` finds it good; then it is known.
    pub(super) fn check<E>(&self, token: &str, verify: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let hash = hash(token);
        if self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&hash) {
            return Ok(());
        }
        verify()?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= PLACES {
            known.clear();
        }
        known.insert(hash);
        Ok(())
    }
}

fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_found_good_is_known() {
        let verified = Verified::default();
        assert_eq!(verified.check("forged", || Err("bad")), Err("bad"));
        assert_eq!(verified.check("forged", || Err("still bad")), Err("still bad"));
        assert_eq!(verified.check("good", || Ok::<(), &str>(())), Ok(()));
        assert_eq!(verified.check("good", || Err("not asked again")), Ok(()));
        assert_eq!(verified.check("good.", || Err("another token")), Err("another token"));
    }

    #[test]
    fn memory_is_bounded() {
        let verified = Verified::default();
        for number in 0..=PLACES {
            assert_eq!(verified.check(&number.to_string(), || Ok::<(), ()>(())), Ok(()));
        }
        assert_eq!(verified.0.read().unwrap().len(), 1);
    }
}
