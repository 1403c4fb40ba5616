//! Texts that come from clients and customers, safe to be read among ours.

/// Whether `text` reads as it is written: it has no control characters, and none that turn the direction of what is around them
/// (embeddings, overrides and isolates of the Unicode Bidirectional Algorithm, UAX #9 §2), with which an amount or a name could be made to
/// look like another.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let turns = |char| matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|char| char.is_control() || turns(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_look_like_something_else_is_not_plain() {
        for text in ["", "12.50 EUR", "Zoë & Søn", "متجر", "חנות 7", "👩\u{200d}💻", "a\u{200f}b"]
        {
            assert!(is_plain(text), "{text}");
        }
        for char in ['\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert!(!is_plain(&format!("a{char}b")), "{char:?}");
        }
    }
}
