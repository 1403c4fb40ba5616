//! What the description promises.
