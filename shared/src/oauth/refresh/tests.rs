//! What refresh tokens promise.
