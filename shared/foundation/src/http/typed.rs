//! What people type: digits as the keyboards of their scripts write them.

use unicode_normalization::UnicodeNormalization;

/// The zeros of the scripts whose keyboards type digits of their own; each is followed by its nine others.
const ZEROS: [char; 12] = ['٠', '۰', '߀', '०', '০', '੦', '૦', '௦', '౦', '೦', '๐', '၀'];

/// `text` with its digits in ASCII, whichever keyboard typed them, and compatibility forms folded (NFKC): input methods type full-width
/// digits, letters and dashes.
#[must_use]
pub fn fold_digits(text: &str) -> String {
    text.nfkc().map(ascii_digit).collect()
}

fn ascii_digit(char: char) -> char {
    let place = |zero: &char| u32::from(char).checked_sub(u32::from(*zero)).filter(|place| *place < 10);
    ZEROS.iter().find_map(place).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn digits_of_any_keyboard_are_digits() {
        for typed in
            ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙"]
        {
            assert_eq!(fold_digits(typed), "0123456789", "{typed}");
        }
        assert_eq!(fold_digits("ＷＤＪＢ－ｍｊｈｔ"), "WDJB-mjht");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold_digits(&text);
            prop_assert_eq!(fold_digits(&once), once);
        }
    }
}
