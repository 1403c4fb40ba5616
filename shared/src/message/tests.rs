//! What messages promise.
