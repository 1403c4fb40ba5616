//! Phone numbers in E.164: `+491711234567`. The numbering plans are read when the first number is, not at cold start.

use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, Region};

const TEXT_LIMIT: usize = 40;

/// Whether a text means a phone number: a digit, and nothing but digits and what people put between them.
pub(super) fn looks_like_one(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    text.chars().any(|char| char.is_ascii_digit())
        && text.chars().all(|char| char.is_ascii_digit() || matches!(char, ' ' | '-' | '.' | '/' | '(' | ')'))
}

/// The number in E.164, if it can be one of its country.
pub(super) fn normalise(text: &str, region: Option<&str>) -> Option<String> {
    if text.len() > TEXT_LIMIT || !looks_like_one(text) {
        return None;
    }
    let region = region.and_then(|code| code.parse::<Region>().ok());
    let number = PhoneNumber::parse(text, region).ok().filter(PhoneNumber::is_valid)?;
    Some(number.format_as(PhoneNumberFormat::E164).into_owned())
}
