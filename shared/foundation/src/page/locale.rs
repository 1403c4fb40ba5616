//! The languages that we speak, and the choice among them (OpenID Connect Core §3.1.2.1 `ui_locales`, RFC 9110
//! §12.5.4 `Accept-Language`, RFC 4647 §3.4 lookup).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language of the pages and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

/// Which way a language is written: the `dir` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The attribute's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Locale {
    /// Every language, in the order of their discriminants.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Which way it is written.
    #[must_use]
    pub const fn dir(self) -> Direction {
        match self {
            Self::En | Self::De => Direction::Ltr,
        }
    }

    /// The language that a tag asks for: `de`, `de-AT` and `DE-Latn-CH` are all German.
    #[must_use]
    pub fn find(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for a request: what the client asked for, else what the browser prefers, else English.
    #[must_use]
    pub fn negotiate(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        let asked = ui_locales.and_then(|tags| tags.split_ascii_whitespace().find_map(Self::find));
        asked.or_else(|| accept_language.and_then(preferred)).unwrap_or_default()
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The supported language of the highest weight; the first of equals.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(Locale, u16)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let locale = parts.next().and_then(Locale::find);
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1000), thousandths);
        if let (Some(locale), Some(weight)) = (locale, weight)
            && weight > best.map_or(0, |(_, weight)| weight)
        {
            best = Some((locale, weight));
        }
    }
    best.map(|(locale, _)| locale)
}

/// A quality value in thousandths: `0.85` is 850 (RFC 9110 §12.4.2).
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let digits = whole.len() == 1 && fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    let value: u16 = format!("{whole}{fraction:0<3}").parse().ok()?;
    (digits && value <= 1000).then_some(value)
}
