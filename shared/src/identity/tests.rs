//! What accounts promise.
