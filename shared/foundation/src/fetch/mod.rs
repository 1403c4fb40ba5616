//! Fetching: the one HTTP client for addresses that strangers name (a client's keys, metadata, notices). It cannot be turned on what
//! lies behind our network (server-side request forgery): only public addresses are connected to, and what comes back is
//! bounded. Nothing of ours goes out with a request but what the caller puts in.

mod address;
mod error;
mod network;
mod resolve;
mod send;
mod target;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};

pub use error::FetchError;
pub use network::stand_in;
pub use target::{TargetFault, check};

use crate::app::App;

/// How far a fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Which hosts it may reach.
    pub reach: Reach,
    /// The most bytes of an answer.
    pub bytes: usize,
    /// How long all of it may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { reach: Reach::Public, bytes: 128 * 1024, time: Duration::from_secs(5) }
    }
}

/// Which hosts may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Public ones, by https.
    #[default]
    Public,
    /// And this machine, by plain http as well: on the local host (`LATCHKEY_REACH`).
    PublicAndLocal,
}

/// What came back: an answer of success.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its status, one of success.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Fetched {
    /// Whether it says to be JSON: `application/json`, or a type that is built on it (RFC 6839 §3.1).
    #[must_use]
    pub fn is_json(&self) -> bool {
        let text = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = text.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
    }
}

/// What is posted.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Its type.
    pub content_type: &'a str,
    /// Further headers: `authorization` where the receiver gave us a token of its own.
    pub headers: &'a [(&'a str, &'a str)],
    /// Its body.
    pub body: Vec<u8>,
}

/// Fetches the document at `url`.
///
/// # Errors
/// Why it was not fetched.
pub async fn get(app: &App, url: &str, limits: &Limits) -> Result<Fetched, FetchError> {
    send::send(app, send::request(Method::GET, url, None, limits.reach)?, limits).await
}

/// Posts `message` to `url`.
///
/// # Errors
/// Why it was not taken.
pub async fn post(
    app: &App,
    url: &str,
    message: Message<'_>,
    limits: &Limits,
) -> Result<Fetched, FetchError> {
    send::send(app, send::request(Method::POST, url, Some(message), limits.reach)?, limits).await
}
