//! User names, after the UsernameCaseMapped profile of PRECIS (RFC 8265 §3.3), narrowed: letters, marks and digits of any script,
//! in lower case, with `.`, `_` and `-` inside.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const LIMIT: usize = 64;

/// The normal form of a name that was trimmed and folded (NFKC).
pub(super) fn normalise(text: &str) -> Option<String> {
    // Mapping to lower case can leave a sequence that composes, and composing one that has lower case: twice is enough and once is not.
    let once = fold(text);
    let name = fold(&once);
    let allowed = name
        .chars()
        .all(|char| char.is_alphanumeric() || is_combining_mark(char) || matches!(char, '.' | '_' | '-'));
    let length = name.chars().count();
    let ends = [name.chars().next()?, name.chars().next_back()?];
    // A letter keeps it apart from phone numbers, the alphabet above from e-mail addresses.
    let good = allowed
        && length <= LIMIT
        && name.chars().any(char::is_alphabetic)
        && !is_combining_mark(ends[0])
        && ends.iter().all(|char| !matches!(char, '.' | '_' | '-'))
        && fold(&name) == name;
    good.then_some(name)
}

fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}
