//! One file, one Lambda. A function is thin: it reads the request, calls the domain in `shared`, and writes the response.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

pub mod account;
pub mod events;
pub mod jobs;
pub mod oauth;
pub mod pages;
pub mod signin;

use shared::app::Function;

/// Every function. A test compares this list with template.yaml, the binaries and the sample events.
pub const ALL: &[Function] = &[
    account::grants::FUNCTION,
    account::password::FUNCTION,
    account::profile::FUNCTION,
    account::sessions::FUNCTION,
    events::audit::FUNCTION,
    events::backchannel_logout::FUNCTION,
    events::backchannel_notification::FUNCTION,
    events::dispatch::FUNCTION,
    events::message::FUNCTION,
    jobs::initial_access::FUNCTION,
    jobs::rotate_keys::FUNCTION,
    jobs::rotate_secret::FUNCTION,
    jobs::seed::FUNCTION,
    oauth::approve::FUNCTION,
    oauth::authorize::FUNCTION,
    oauth::backchannel_authentication::FUNCTION,
    oauth::challenge::FUNCTION,
    oauth::device::FUNCTION,
    oauth::device_authorization::FUNCTION,
    oauth::discovery::FUNCTION,
    oauth::introspect::FUNCTION,
    oauth::jwks::FUNCTION,
    oauth::logout::FUNCTION,
    oauth::par::FUNCTION,
    oauth::register::FUNCTION,
    oauth::revoke::FUNCTION,
    oauth::token::FUNCTION,
    oauth::userinfo::FUNCTION,
    pages::assets::FUNCTION,
    pages::health::FUNCTION,
    pages::openapi::FUNCTION,
    signin::account::FUNCTION,
    signin::consent::FUNCTION,
    signin::identify::FUNCTION,
    signin::page::FUNCTION,
    signin::password::FUNCTION,
    signin::recover::FUNCTION,
    signin::reset::FUNCTION,
    signin::signup::FUNCTION,
    signin::verify::FUNCTION,
];

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<Function> {
    ALL.iter().find(|function| function.name == name).copied()
}
