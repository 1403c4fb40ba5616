//! The text of a refresh token: a handle of its grant whose own bytes are half chance, half mark.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::id::{GrantId, UserId};
use crate::keys::{Handle, HandleKind, Sealer};
use crate::secret::constant_time_eq;

const HALF: usize = 16;

/// A fresh seed of a family.
pub(super) fn seed(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.rng.bytes::<32>())
}

/// A fresh token of the family of `seed`.
pub(super) fn make(app: &App, sealer: &Sealer, owner: (&UserId, &GrantId), seed: &str) -> Handle {
    let chance: [u8; HALF] = app.rng.bytes();
    let mut own = [0; 2 * HALF];
    own[..HALF].copy_from_slice(&chance);
    own[HALF..].copy_from_slice(&mark(seed, &chance));
    Handle::of_grant_with(app, sealer, HandleKind::RefreshToken, (owner, &own))
}

/// Whether `handle` was made by [`make`] for this family, at any time.
pub(super) fn is_genuine(seed: &str, handle: &Handle) -> bool {
    let own = handle.own_bytes();
    let (chance, claimed) = own.split_at(HALF);
    constant_time_eq(&mark(seed, chance), claimed)
}

fn mark(seed: &str, chance: &[u8]) -> [u8; HALF] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, seed.as_bytes());
    let mut mark = [0; HALF];
    mark.copy_from_slice(&hmac::sign(&key, chance).as_ref()[..HALF]);
    mark
}
