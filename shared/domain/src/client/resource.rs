//! Identifiers of APIs (RFC 8707 §2) and how they are compared: as texts, but that of an address an empty path is `/` (RFC 3986 §6.2.3),
//! since libraries write an origin both ways.

/// Whether both name the same API.
#[must_use]
pub fn is_same_resource(one: &str, other: &str) -> bool {
    one == other || Parts::of(one) == Parts::of(other)
}

/// An identifier without the path `/`.
#[derive(PartialEq, Eq)]
struct Parts<'a> {
    /// All before the path; all there is of what has no authority.
    origin: &'a str,
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn of(identifier: &'a str) -> Self {
        let authority = identifier.find("://").map_or(identifier.len(), |at| at + 3);
        let length = identifier[authority..].find(['/', '?', '#']).unwrap_or(identifier.len() - authority);
        let (origin, path) = identifier.split_at(authority + length);
        let rest = match path.strip_prefix('/') {
            Some(rest) if rest.is_empty() || rest.starts_with(['?', '#']) => rest,
            Some(_) | None => path,
        };
        Self { origin, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_path_is_the_root() {
        for (one, other) in [
            ("https://api.example", "https://api.example/"),
            ("https://api.example:8443/", "https://api.example:8443"),
            ("https://api.example?v=1", "https://api.example/?v=1"),
        ] {
            assert!(is_same_resource(one, other) && is_same_resource(other, one), "{one} {other}");
        }
    }

    #[test]
    fn nothing_else_is_made_alike() {
        for (one, other) in [
            ("https://api.example/v1", "https://api.example/v1/"),
            ("https://api.example//", "https://api.example/"),
            ("https://api.example", "https://api.example.evil"),
            ("https://api.example", "https://api.example?"),
            ("urn:latchkey:demo", "urn:latchkey:demo/"),
        ] {
            assert!(!is_same_resource(one, other), "{one} {other}");
        }
    }
}
