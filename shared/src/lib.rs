//! Latchkey common crate.
