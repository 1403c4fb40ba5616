//! What limits promise.
