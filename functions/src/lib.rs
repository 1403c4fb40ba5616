//! One file, one Lambda. A function is thin: it reads the request, calls the domain in `shared`, and writes the response.

pub mod events;
pub mod jobs;
pub mod oauth;
pub mod pages;

use shared::app::Function;

/// Every function. A test compares this list with template.yaml, the binaries and the sample events.
pub const ALL: &[Function] = &[
    events::audit::FUNCTION,
    events::dispatch::FUNCTION,
    events::message::FUNCTION,
    jobs::rotate_keys::FUNCTION,
    jobs::seed::FUNCTION,
    oauth::authorize::FUNCTION,
    oauth::discovery::FUNCTION,
    oauth::introspect::FUNCTION,
    oauth::jwks::FUNCTION,
    oauth::logout::FUNCTION,
    oauth::register::FUNCTION,
    oauth::revoke::FUNCTION,
    oauth::token::FUNCTION,
    oauth::userinfo::FUNCTION,
    pages::assets::FUNCTION,
    pages::health::FUNCTION,
    pages::openapi::FUNCTION,
];

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<Function> {
    ALL.iter().find(|function| function.name == name).copied()
}
