//! The proxy before us, where the deployment has one.

use std::sync::Arc;

use super::ConfigError;
use crate::secret::Secret;

const PROXY: &str = "LATCHKEY_PROXY";
const SECRET: &str = "LATCHKEY_ORIGIN_SECRET_ARN";
/// The shortest secret of a proxy, in characters.
const SHORTEST: usize = 32;
/// How many may be live at once, so that one can be replaced.
const LIVE: usize = 2;

/// A proxy before us. It proves with each request that the request came through it: what it says in headers anybody can say.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// What it is, and so how it names the caller.
    pub kind: ProxyKind,
    /// Where what it sends in `X-Origin-Verify` is known from.
    pub secret: OriginSecret,
}

/// Where the secrets of a proxy are known from.
#[derive(Clone, Debug)]
pub enum OriginSecret {
    /// Secrets Manager has them under this ARN.
    Kept(String),
    /// They are these.
    Known(Arc<OriginSecrets>),
}

/// What a proxy sends in `X-Origin-Verify`; two are good at once while one replaces the other.
#[derive(Clone, Debug)]
pub struct OriginSecrets(Vec<Secret<String>>);

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
        let arn = get(SECRET).ok_or(ConfigError::Missing(SECRET))?;
        Ok(Some(Self { kind, secret: OriginSecret::Kept(arn) }))
    }
}

impl OriginSecrets {
    /// One or two secrets of at least 32 characters, with a space between.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let secrets: Vec<&str> = text.split_whitespace().collect();
        if secrets.is_empty() || secrets.len() > LIVE || secrets.iter().any(|secret| secret.len() < SHORTEST)
        {
            return Err("it must be one or two secrets of at least 32 characters");
        }
        Ok(Self(secrets.into_iter().map(|secret| Secret::new(secret.to_owned())).collect()))
    }

    /// Whether `presented` is one of them, in constant time.
    #[must_use]
    pub fn knows(&self, presented: &str) -> bool {
        let presented = Secret::new(presented.to_owned());
        self.0.iter().fold(false, |known, secret| known | (*secret == presented))
    }
}

fn wrong(name: &'static str, reason: &str) -> ConfigError {
    ConfigError::Wrong { name, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "0123456789abcdef0123456789abcdef";

    fn read(kind: &str, arn: &str) -> Result<Option<Proxy>, ConfigError> {
        Proxy::read(|name| {
            let value = if name == PROXY { kind } else { arn };
            Some(value.to_owned()).filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn there_is_no_proxy_unless_the_deployment_says_so() {
        assert!(read("", "arn").unwrap().is_none());
        assert!(read("none", "arn").unwrap().is_none());
        assert!(read("nginx", "arn").is_err());
        assert!(read("cloudfront", "").is_err());
        assert!(read("header", "arn").unwrap().is_some());
    }

    #[test]
    fn one_or_two_long_secrets_are_known() {
        for secret in ["", "short", &format!("{LONG} short"), &format!("{LONG} {LONG} {LONG}")] {
            assert!(OriginSecrets::parse(secret).is_err(), "{secret}");
        }
        let two = format!("{LONG} {}", LONG.to_uppercase());
        let secrets = OriginSecrets::parse(&two).unwrap();
        assert!(secrets.knows(LONG) && secrets.knows(&LONG.to_uppercase()));
        assert!(!secrets.knows("") && !secrets.knows(&two) && !secrets.knows(&LONG[1..]));
    }
}
