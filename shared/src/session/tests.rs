//! What sessions promise, as far as it needs no store.
