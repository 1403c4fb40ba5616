//! What the ring promises.
