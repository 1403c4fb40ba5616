//! Nonces of ours (RFC 9449 §8): a minute and its keyed hash, so that any process knows its own and none is kept. They bound how long
//! before its use a proof can have been made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::keys::Sealer;
use crate::secret::constant_time_eq;

const LABEL: &str = "dpop_nonce";
/// How long one nonce is given out, in seconds.
const SPAN: i64 = 60;
/// So many spans a nonce is good, the one of its making included.
const GOOD: i64 = 5;

/// What a presented nonce is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It is good.
    Good,
    /// It is good for the last time: a new one is due.
    Ageing,
    /// It is too old, or never was one.
    Nothing,
}

/// The nonce of this moment.
pub(super) fn fresh(sealer: &Sealer, now: Timestamp) -> String {
    of_span(sealer, now.0.div_euclid(SPAN))
}

/// What `nonce` is worth at `now`.
pub(super) fn judge(sealer: &Sealer, nonce: &str, now: Timestamp) -> Worth {
    let current = now.0.div_euclid(SPAN);
    let Some(span) = span_of(nonce) else { return Worth::Nothing };
    if !constant_time_eq(of_span(sealer, span).as_bytes(), nonce.as_bytes()) {
        return Worth::Nothing;
    }
    match current.saturating_sub(span) {
        age if !(0..GOOD).contains(&age) => Worth::Nothing,
        age if age == GOOD - 1 => Worth::Ageing,
        _ => Worth::Good,
    }
}

fn of_span(sealer: &Sealer, span: i64) -> String {
    let span = span.to_be_bytes();
    URL_SAFE_NO_PAD.encode([span.as_slice(), &sealer.mac(LABEL, &span)].concat())
}

fn span_of(nonce: &str) -> Option<i64> {
    // Eight bytes are eleven digits of base64, the last of which has bits of the hash.
    let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
    bytes.first_chunk().map(|span| i64::from_be_bytes(*span))
}
