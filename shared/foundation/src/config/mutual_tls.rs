//! Mutual TLS (RFC 8705): who hands the certificates of clients over to us, and where clients come to with them.

use url::Url;

use super::ConfigError;
use crate::secret::Secret;

const SOURCE: &str = "LATCHKEY_CLIENT_CERTIFICATES";
const DOMAIN: &str = "LATCHKEY_MTLS_DOMAIN";
const SECRET: &str = "LATCHKEY_ORIGIN_SECRET";
/// The shortest secret of a proxy, in characters.
const SHORTEST: usize = 32;
/// How many may be live at once, so that one can be replaced.
const LIVE: usize = 2;

/// How a deployment takes the certificates of clients.
#[derive(Clone, Debug)]
pub struct MutualTls {
    /// Who hands them over.
    pub source: CertificateSource,
    /// The origin that clients come to with them, where it is another one than the issuer's (RFC 8705 §5).
    pub origin: Option<String>,
}

/// Who ends the TLS connections of clients, and hands over the certificates that they came with.
#[derive(Clone, Debug)]
pub enum CertificateSource {
    /// API Gateway, beside the request; it has checked the chain against the trust store of its domain.
    Gateway,
    /// CloudFront, in `CloudFront-Viewer-Cert-Pem`; it has checked the chain against its trust store.
    CloudFront(Proxy),
    /// Another proxy, in `Client-Cert` (RFC 9440). Nobody has checked the chain.
    Header(Proxy),
}

/// A proxy before us. It proves with each request that the request came through it: what it says in headers anybody can say.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// What it sends in `X-Origin-Verify`; two are good at once while one replaces the other.
    pub secrets: Vec<Secret<String>>,
}

impl MutualTls {
    /// Reads it; `None` where the deployment takes no certificates.
    pub(super) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let origin = get(DOMAIN).map(|domain| origin(&domain)).transpose()?;
        let source = match get(SOURCE).as_deref() {
            None | Some("none") if origin.is_some() => {
                return Err(wrong(DOMAIN, "it is of no use where no certificates are taken"));
            }
            None | Some("none") => return Ok(None),
            Some("gateway") => CertificateSource::Gateway,
            Some("cloudfront") => CertificateSource::CloudFront(Proxy::read(get(SECRET))?),
            Some("header") => CertificateSource::Header(Proxy::read(get(SECRET))?),
            Some(_) => return Err(wrong(SOURCE, "it must be none, gateway, cloudfront or header")),
        };
        Ok(Some(Self { source, origin }))
    }

    /// Whether whoever hands the certificates over has checked their chains.
    #[must_use]
    pub fn checks_chains(&self) -> bool {
        match self.source {
            CertificateSource::Gateway | CertificateSource::CloudFront(_) => true,
            CertificateSource::Header(_) => false,
        }
    }
}

impl Proxy {
    fn read(text: Option<String>) -> Result<Self, ConfigError> {
        let text = text.ok_or(ConfigError::Missing(SECRET))?;
        let secrets: Vec<&str> = text.split_whitespace().collect();
        if secrets.len() > LIVE || secrets.iter().any(|secret| secret.len() < SHORTEST) {
            return Err(wrong(SECRET, "it must be one or two secrets of at least 32 characters"));
        }
        Ok(Self { secrets: secrets.into_iter().map(|secret| Secret::new(secret.to_owned())).collect() })
    }

    /// Whether `presented` is one of its secrets, in constant time.
    #[must_use]
    pub fn knows(&self, presented: &str) -> bool {
        let presented = Secret::new(presented.to_owned());
        self.secrets.iter().fold(false, |known, secret| known | (*secret == presented))
    }
}

/// The origin of a host name, which may have a port.
fn origin(domain: &str) -> Result<String, ConfigError> {
    let origin = format!("https://{domain}");
    let url = Url::parse(&origin).map_err(|_| wrong(DOMAIN, "it is not a host name"))?;
    if url.origin().ascii_serialization() == origin {
        Ok(origin)
    } else {
        Err(wrong(DOMAIN, "it must be a host name, in lower case, without scheme and path"))
    }
}

fn wrong(name: &'static str, reason: &str) -> ConfigError {
    ConfigError::Wrong { name, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "0123456789abcdef0123456789abcdef";

    fn read(source: &str, domain: &str, secret: &str) -> Result<Option<MutualTls>, ConfigError> {
        MutualTls::read(|name| {
            let value = match name {
                SOURCE => source,
                DOMAIN => domain,
                _ => secret,
            };
            Some(value.to_owned()).filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn certificates_are_off_unless_asked_for() {
        assert!(read("", "", "").unwrap().is_none());
        assert!(read("none", "", LONG).unwrap().is_none());
        assert!(read("none", "mtls.id.example", "").is_err());
        assert!(read("always", "", "").is_err());
    }

    #[test]
    fn a_header_is_believed_with_a_secret_alone() {
        for source in ["cloudfront", "header"] {
            assert!(read(source, "", "").is_err());
            assert!(read(source, "", "short").is_err());
            assert!(read(source, "", &format!("{LONG} short")).is_err());
            assert!(read(source, "", &format!("{LONG} {LONG} {LONG}")).is_err());
        }
        let two = format!("{LONG} {}", LONG.to_uppercase());
        let CertificateSource::Header(proxy) = read("header", "", &two).unwrap().unwrap().source else {
            panic!("another source")
        };
        assert!(proxy.knows(LONG) && proxy.knows(&LONG.to_uppercase()));
        assert!(!proxy.knows("") && !proxy.knows(&two) && !proxy.knows(&LONG[1..]));
    }

    #[test]
    fn a_domain_is_a_host_and_nothing_else() {
        let origin = |domain| read("gateway", domain, "").unwrap().unwrap().origin;
        assert_eq!(origin("mtls.id.example").unwrap(), "https://mtls.id.example");
        assert_eq!(origin("localhost:3001").unwrap(), "https://localhost:3001");
        assert_eq!(origin(""), None);
        for domain in
            ["https://id.example", "id.example/", "id.example:443", "Id.example", "a b", "u@id.example"]
        {
            assert!(read("gateway", domain, "").is_err(), "{domain}");
        }
    }
}
