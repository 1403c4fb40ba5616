//! Cookies: over TLS each is `Secure` with the `__Host-` prefix (RFC 6265bis §4.1.3.2), and all are HttpOnly and SameSite=Lax.
//!
//! On a plain http issuer, which `Config` allows on a loopback host alone, the prefix and `Secure` are left off: browsers without
//! the loopback exception would drop them.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// The cookies of a request.
#[derive(Debug, Default)]
pub struct Cookies(HashMap<String, String>);

impl Cookies {
    /// Reads the `Cookie` headers. A name that comes twice is dropped: nobody can tell which one is ours. What cannot be read (raw UTF-8 of
    /// another application on the same host, a name without a value) is passed over by itself.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut cookies = HashMap::new();
        let mut doubtful = Vec::new();
        let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
        let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';'));
        let legible = pairs.filter_map(|pair| std::str::from_utf8(pair).ok());
        for cookie in legible.filter_map(|pair| cookie::Cookie::parse(pair).ok()) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn read(lines: &[&[u8]]) -> Cookies {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        Cookies::of(&headers)
    }

    fn value<'a>(cookies: &'a Cookies, name: &str) -> Option<&'a str> {
        cookies.0.get(name).map(String::as_str)
    }

    #[test]
    fn what_cannot_be_read_is_passed_over_alone() {
        let foreign: [&[u8]; 8] = [
            "name=Zoë".as_bytes(),
            b"latin=Zo\xeb",
            b"\xff\xfe=\x80",
            b"no value",
            b"=no name",
            b"",
            b"json={\"a\":\"b c\",\"d\":1}",
            b"quoted=\"open",
        ];
        for other in foreign {
            let before = [other, b"; lk_browser=right"].concat();
            let after = [b"lk_browser=right; ", other].concat();
            for line in [before, after] {
                assert_eq!(value(&read(&[&line]), "lk_browser"), Some("right"), "{}", line.escape_ascii());
            }
            assert_eq!(value(&read(&[other, b"lk_browser=right"]), "lk_browser"), Some("right"));
        }
    }

    #[test]
    fn a_name_that_comes_twice_is_nobodys() {
        let cookies = read(&[b"lk_browser=one; other=kept", b"lk_browser=two"]);
        assert_eq!(value(&cookies, "lk_browser"), None);
        assert_eq!(value(&cookies, "other"), Some("kept"));
    }

    proptest! {
        #[test]
        fn a_hostile_header_never_panics(line in any::<Vec<u8>>()) {
            if let Ok(value) = HeaderValue::from_bytes(&line) {
                let _ = Cookies::of(&HeaderMap::from_iter([(header::COOKIE, value)]));
            }
        }
    }
}
