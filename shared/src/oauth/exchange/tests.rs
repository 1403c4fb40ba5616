//! What the token endpoint promises, as far as it needs no store.
