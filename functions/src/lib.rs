//! One file, one Lambda. A function is thin: it reads the request, calls the domain in `shared`, and writes the response.

pub mod pages;

use shared::app::Function;

/// Every function. A test compares this list with template.yaml, the binaries and the sample events.
pub const ALL: &[Function] = &[pages::health::FUNCTION];

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<Function> {
    ALL.iter().find(|function| function.name == name).copied()
}
