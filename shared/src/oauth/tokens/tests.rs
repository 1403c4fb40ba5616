//! What tokens promise.
