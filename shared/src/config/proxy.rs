//! The proxy before us, where the deployment has one.

use super::ConfigError;
use crate::secret::Secret;

const PROXY: &str = "LATCHKEY_PROXY";
const SECRET: &str = "LATCHKEY_ORIGIN_SECRET";
/// The shortest secret of a proxy, in characters.
const SHORTEST: usize = 32;
/// How many may be live at once, so that one can be replaced.
const LIVE: usize = 2;

/// A proxy before us. It proves with each request that the request came through it: what it says in headers anybody can say.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// What it is, and so how it names the caller.
    pub kind: ProxyKind,
    /// What it sends in `X-Origin-Verify`; two are good at once while one replaces the other.
    pub secrets: Vec<Secret<String>>,
}

/// How a proxy names the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// CloudFront, in `CloudFront-Viewer-Address`.
    CloudFront,
    /// Another, as the last of `X-Forwarded-For`.
    Header,
}

impl Proxy {
    /// Reads it; `None` where nothing is before us.
    pub(super) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let kind = match get(PROXY).as_deref() {
            None | Some("none") => return Ok(None),
            Some("cloudfront") => ProxyKind::CloudFront,
            Some("header") => ProxyKind::Header,
            Some(_) => return Err(wrong(PROXY, "it must be none, cloudfront or header")),
        };
        let text = get(SECRET).ok_or(ConfigError::Missing(SECRET))?;
        let secrets: Vec<&str> = text.split_whitespace().collect();
        if secrets.len() > LIVE || secrets.iter().any(|secret| secret.len() < SHORTEST) {
            return Err(wrong(SECRET, "it must be one or two secrets of at least 32 characters"));
        }
        let secrets = secrets.into_iter().map(|secret| Secret::new(secret.to_owned())).collect();
        Ok(Some(Self { kind, secrets }))
    }

    /// Whether `presented` is one of its secrets, in constant time.
    #[must_use]
    pub fn knows(&self, presented: &str) -> bool {
        let presented = Secret::new(presented.to_owned());
        self.secrets.iter().fold(false, |known, secret| known | (*secret == presented))
    }
}

fn wrong(name: &'static str, reason: &str) -> ConfigError {
    ConfigError::Wrong { name, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "0123456789abcdef0123456789abcdef";

    fn read(kind: &str, secret: &str) -> Result<Option<Proxy>, ConfigError> {
        Proxy::read(|name| {
            let value = if name == PROXY { kind } else { secret };
            Some(value.to_owned()).filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn there_is_no_proxy_unless_the_deployment_says_so() {
        assert!(read("", LONG).unwrap().is_none());
        assert!(read("none", LONG).unwrap().is_none());
        assert!(read("nginx", LONG).is_err());
    }

    #[test]
    fn a_proxy_is_believed_with_a_secret_alone() {
        for kind in ["cloudfront", "header"] {
            for secret in ["", "short", &format!("{LONG} short"), &format!("{LONG} {LONG} {LONG}")] {
                assert!(read(kind, secret).is_err(), "{secret}");
            }
        }
        let two = format!("{LONG} {}", LONG.to_uppercase());
        let proxy = read("header", &two).unwrap().unwrap();
        assert!(proxy.knows(LONG) && proxy.knows(&LONG.to_uppercase()));
        assert!(!proxy.knows("") && !proxy.knows(&two) && !proxy.knows(&LONG[1..]));
    }
}
