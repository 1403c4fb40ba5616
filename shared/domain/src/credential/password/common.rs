//! Common passwords: those of eight characters and more in the lists that Django (BSD-3-Clause) and zxcvbn (MIT) publish, and the
//! two thousand most common ones typed twice; lower case, sorted.

use crate::secret::Secret;

const LIST: &str = include_str!("../../../../assets/common_passwords.txt");

/// Whether it is a common password, upper and lower case alike.
pub(super) fn is_common(password: &Secret<String>) -> bool {
    let wanted = Secret::new(password.expose().to_lowercase());
    contains(wanted.expose())
}

/// Binary search in the sorted lines.
fn contains(wanted: &str) -> bool {
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = low + (high - low) / 2;
        // INVARIANT: the list is ASCII, so every place in it is a boundary.
        let start = LIST[low..middle].rfind('\n').map_or(low, |at| low + at + 1);
        let end = LIST[start..].find('\n').map_or(LIST.len(), |at| start + at);
        match LIST[start..end].cmp(wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
pub(super) fn lines() -> impl Iterator<Item = &'static str> {
    LIST.lines()
}
