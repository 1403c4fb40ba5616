//! Cookies: over TLS each is `Secure` with the `__Host-` prefix (RFC 6265bis §4.1.3.2), and all are HttpOnly and SameSite=Lax.
//!
//! On a plain http issuer, which `Config` allows on a loopback host alone, the prefix and `Secure` are left off: browsers without
//! the loopback exception would drop them.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, header};

use crate::config::Config;

/// The cookies of a request.
#[derive(Debug, Default)]
pub struct Cookies(HashMap<String, String>);

impl Cookies {
    /// Reads the `Cookie` headers. A name that comes twice is dropped: nobody can tell which one is ours.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut cookies = HashMap::new();
        let mut doubtful = Vec::new();
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        for cookie in lines.flat_map(cookie::Cookie::split_parse).flatten() {
            if cookies.insert(cookie.name().to_owned(), cookie.value().to_owned()).is_some() {
                doubtful.push(cookie.name().to_owned());
            }
        }
        for name in doubtful {
            cookies.remove(&name);
        }
        Self(cookies)
    }

    /// The value of our cookie `name` (given without its prefix).
    #[must_use]
    pub fn get(&self, config: &Config, name: &str) -> Option<&str> {
        self.0.get(&full_name(config, name)).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A cookie to set.
#[derive(Debug)]
pub struct SetCookie {
    name: String,
    value: String,
    lifetime: Option<Duration>,
    secure: bool,
}

impl SetCookie {
    /// Sets our cookie `name` (given without its prefix) until the browser closes.
    #[must_use]
    pub fn new(config: &Config, name: &str, value: impl Into<String>) -> Self {
        Self { name: full_name(config, name), value: value.into(), lifetime: None, secure: config.is_https() }
    }

    /// Removes our cookie `name`.
    #[must_use]
    pub fn remove(config: &Config, name: &str) -> Self {
        Self::new(config, name, "").lasting(Duration::ZERO)
    }

    /// Keeps it for `lifetime`.
    #[must_use]
    pub fn lasting(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

impl fmt::Display for SetCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}; Path=/; HttpOnly; SameSite=Lax", self.name, self.value)?;
        if let Some(lifetime) = self.lifetime {
            write!(formatter, "; Max-Age={}", lifetime.as_secs())?;
        }
        if self.secure {
            formatter.write_str("; Secure")?;
        }
        Ok(())
    }
}

fn full_name(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}
