//! Identifiers as pages show them to somebody who may not be their owner.

use crate::identity::IdentifierKind;

const DOTS: &str = "•••";

/// Enough to recognise one's own, too little to learn another's: `a•••@example.com`, `+49•••31`.
pub(super) fn mask(kind: IdentifierKind, value: &str) -> String {
    match (kind, value.split_once('@')) {
        (IdentifierKind::Email, Some((name, host))) => format!("{}{DOTS}@{host}", first(name, 1)),
        (IdentifierKind::Phone, _) => format!("{}{DOTS}{}", first(value, 3), last(value, 2)),
        (IdentifierKind::Email | IdentifierKind::Username, _) => format!("{}{DOTS}", first(value, 1)),
    }
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn last(text: &str, count: usize) -> String {
    let skipped = text.chars().count().saturating_sub(count);
    text.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_recognised_and_not_learned() {
        for (kind, value, shown) in [
            (IdentifierKind::Email, "ada@example.com", "a•••@example.com"),
            (IdentifierKind::Email, "x@example.com", "x•••@example.com"),
            (IdentifierKind::Phone, "+4917112345", "+49•••45"),
            (IdentifierKind::Username, "ada", "a•••"),
        ] {
            assert_eq!(mask(kind, value), shown);
        }
    }
}
