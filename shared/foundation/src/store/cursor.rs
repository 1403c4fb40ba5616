//! Where a list goes on. A cursor holds the rest of a key; whoever shows it to a caller seals it first (`keys`).

/// The place after which a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// How much of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// At most so many.
    pub limit: i32,
    /// After this place.
    pub after: Option<Cursor>,
}

impl Page {
    /// The first `limit`.
    #[must_use]
    pub fn first(limit: i32) -> Self {
        Self { limit, after: None }
    }
}
