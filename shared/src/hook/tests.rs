//! What events promise.
