//! For whom and when a JWT of somebody else holds (RFC 7519 §4.1.3 to §4.1.6).

use std::time::Duration;

use serde::Deserialize;

use crate::clock::Timestamp;

/// So much the other's clock may differ.
pub const LEEWAY: Duration = Duration::from_secs(60);

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Whom a JWT is for: one text, or a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Recipients {
    /// One recipient.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Recipients {
    /// Whether one of `ours` is among them.
    #[must_use]
    pub fn include(&self, ours: &[String]) -> bool {
        match self {
            Self::One(one) => ours.contains(one),
            Self::Many(many) => many.iter().any(|one| ours.contains(one)),
        }
    }
}

/// The dates of a JWT, to flatten into its claims. They may have fractions (RFC 7519 §2).
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Times {
    /// Until when it holds.
    #[serde(default)]
    pub exp: Option<f64>,
    /// From when on.
    #[serde(default)]
    pub nbf: Option<f64>,
    /// When it was made.
    #[serde(default)]
    pub iat: Option<f64>,
}

impl Times {
    /// When it was made, where it says so.
    #[must_use]
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.iat.and_then(seconds)
    }

    /// Whether it is recent at `now`, and holds for a short time alone: it began at most an hour ago, and ends at most an hour after that
    /// (FAPI 2.0 Message Signing §5.3.1, FAPI CIBA §5.2.2).
    #[must_use]
    pub fn is_recent(&self, now: Timestamp) -> bool {
        let Some((begin, end)) = self.nbf.and_then(seconds).zip(self.end()) else { return false };
        now.since(begin) <= HOUR && end.since(begin) <= HOUR + LEEWAY
    }

    /// The first moment at which it holds no more, leeway included. `None` where it names none that makes sense.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        Some(self.exp.and_then(seconds)?.plus(LEEWAY))
    }

    /// Whether it holds at `now`: it was made, has begun, and has not expired. One without `exp` does not expire.
    #[must_use]
    pub fn hold(&self, now: Timestamp) -> bool {
        let begun = |date: f64| seconds(date).is_some_and(|begin| begin <= now.plus(LEEWAY));
        self.nbf.is_none_or(begun)
            && self.iat.is_none_or(begun)
            && (self.exp.is_none() || self.end().is_some_and(|end| now < end))
    }
}

/// A NumericDate, as far as it is one of our times.
fn seconds(date: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is not used")]
    let whole = Timestamp(date as i64);
    (date.is_finite() && (0.0..1e12).contains(&date)).then_some(whole)
}
