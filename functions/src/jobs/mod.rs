//! What a schedule, a deployment or an operator starts.

pub mod initial_access;
pub mod rotate_keys;
pub mod rotate_secret;
pub mod seed;
