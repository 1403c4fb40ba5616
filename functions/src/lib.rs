//! One file, one Lambda.
