//! What grants promise.
