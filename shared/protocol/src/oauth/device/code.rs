//! User codes (RFC 8628 §6.1): eight letters of twenty that are read alike by everybody, without vowels, so that they spell nothing.

use std::fmt;

use crate::http::fold_digits;
use crate::rng::Rng;

const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 64;

/// A user code. It is shown as `XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode([u8; LENGTH]);

impl UserCode {
    /// A fresh one: 20⁸ are possible, each equally likely (rejection sampling).
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        let mut letters = [0; LENGTH];
        for letter in &mut letters {
            *letter = loop {
                let [draw] = rng.bytes::<1>();
                // The largest multiple of twenty that a byte holds.
                if draw < 240 {
                    break ALPHABET[usize::from(draw) % ALPHABET.len()];
                }
            };
        }
        Self(letters)
    }

    /// Reads what somebody typed, in either case and any width, with or without anything between the letters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let folded = fold_digits(text);
        let letters = folded.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase());
        let letters: [u8; LENGTH] = letters.collect::<Vec<u8>>().try_into().ok()?;
        letters.iter().all(|letter| ALPHABET.contains(letter)).then_some(Self(letters))
    }

    /// The letters alone.
    pub(super) fn letters(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.letters();
        let (first, second) = letters.split_at(LENGTH / 2);
        write!(formatter, "{first}-{second}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = UserCode::parse("WDJB-MJHT").unwrap();
        for typed in ["wdjbmjht", "WDJB MJHT", " wdjb - mjht ", "W.D.J.B.M.J.H.T", "ＷＤＪＢ－ｍｊｈｔ"]
        {
            assert!(UserCode::parse(typed) == Some(code.clone()), "{typed}");
        }
        assert_eq!(code.to_string(), "WDJB-MJHT");
        for wrong in [
            "",
            "WDJB-MJH",
            "WDJB-MJHTT",
            "WDJB-MJHA",
            "WDJB-MJH1",
            "WDJB-MJH１",
            "WDJB-MJHŤ",
            &"W".repeat(65),
        ] {
            assert!(UserCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_letter_comes_equally_often() {
        let rng = Rng::seeded(1);
        let mut counts = [0_u32; 20];
        for _ in 0..5000 {
            for letter in UserCode::new(&rng).0 {
                counts[ALPHABET.iter().position(|one| *one == letter).unwrap()] += 1;
            }
        }
        assert!(counts.iter().all(|count| (1800..2200).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(seed in any::<u64>()) {
            let code = UserCode::new(&Rng::seeded(seed));
            prop_assert!(UserCode::parse(&code.to_string()) == Some(code));
        }

        #[test]
        fn hostile_texts_never_panic(text in any::<String>()) {
            let _ = UserCode::parse(&text);
        }
    }
}
