//! Latchkey common crate.

pub mod page;
