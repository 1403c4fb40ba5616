//! What a schedule or a deployment starts.

pub mod rotate_keys;
pub mod seed;
