//! What the rules of authorization requests promise.
