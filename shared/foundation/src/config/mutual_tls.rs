//! Mutual TLS (RFC 8705): who hands the certificates of clients over to us, and where clients come to with them.

use url::Url;

use super::{ConfigError, Proxy, ProxyKind};

const SOURCE: &str = "LATCHKEY_CLIENT_CERTIFICATES";
const DOMAIN: &str = "LATCHKEY_MTLS_DOMAIN";

/// How a deployment takes the certificates of clients.
#[derive(Clone, Debug)]
pub struct MutualTls {
    /// Who hands them over.
    pub source: CertificateSource,
    /// The origin that clients come to with them, where it is another one than the issuer's (RFC 8705 §5).
    pub origin: Option<String>,
}

/// Who ends the TLS connections of clients, and hands over the certificates that they came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// API Gateway, beside the request; it has checked the chain against the trust store of its domain.
    Gateway,
    /// CloudFront, in `CloudFront-Viewer-Cert-Pem`; it has checked the chain against its trust store.
    CloudFront,
    /// Another proxy, in `Client-Cert` (RFC 9440). Nobody has checked the chain.
    Header,
}

impl MutualTls {
    /// Reads it; `None` where the deployment takes no certificates.
    pub(super) fn read(
        get: impl Fn(&str) -> Option<String>,
        proxy: Option<&Proxy>,
    ) -> Result<Option<Self>, ConfigError> {
        let origin = get(DOMAIN).map(|domain| origin(&domain)).transpose()?;
        let source = match get(SOURCE).as_deref() {
            None | Some("none") if origin.is_some() => {
                return Err(wrong(DOMAIN, "it is of no use where no certificates are taken"));
            }
            None | Some("none") => return Ok(None),
            Some("gateway") => CertificateSource::Gateway,
            Some("cloudfront") if proxy.is_some_and(|proxy| proxy.kind == ProxyKind::CloudFront) => {
                CertificateSource::CloudFront
            }
            Some("header") if proxy.is_some() => CertificateSource::Header,
            Some("cloudfront" | "header") => {
                return Err(wrong(SOURCE, "it needs that proxy in `LATCHKEY_PROXY`"));
            }
            Some(_) => return Err(wrong(SOURCE, "it must be none, gateway, cloudfront or header")),
        };
        Ok(Some(Self { source, origin }))
    }

    /// Whether whoever hands the certificates over has checked their chains.
    #[must_use]
    pub fn checks_chains(&self) -> bool {
        match self.source {
            CertificateSource::Gateway | CertificateSource::CloudFront => true,
            CertificateSource::Header => false,
        }
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
    use crate::config::OriginSecret;

    fn read(source: &str, domain: &str, proxy: Option<ProxyKind>) -> Result<Option<MutualTls>, ConfigError> {
        let secret = OriginSecret::Kept(String::new());
        let proxy = proxy.map(|kind| Proxy { kind, secret });
        let get = |name: &str| {
            let value = if name == SOURCE { source } else { domain };
            Some(value.to_owned()).filter(|value| !value.is_empty())
        };
        MutualTls::read(get, proxy.as_ref())
    }

    #[test]
    fn certificates_are_off_unless_asked_for() {
        assert!(read("", "", None).unwrap().is_none());
        assert!(read("none", "", Some(ProxyKind::Header)).unwrap().is_none());
        assert!(read("none", "mtls.id.example", None).is_err());
        assert!(read("always", "", None).is_err());
    }

    #[test]
    fn a_header_is_believed_of_a_proxy_alone() {
        let source = |source, proxy| read(source, "", proxy).map(|tls| tls.unwrap().source);
        assert!(source("cloudfront", None).is_err() && source("header", None).is_err());
        assert!(source("cloudfront", Some(ProxyKind::Header)).is_err());
        let cloudfront = Some(ProxyKind::CloudFront);
        assert_eq!(source("cloudfront", cloudfront).unwrap(), CertificateSource::CloudFront);
        // CloudFront passes a certificate on that it does not check.
        assert_eq!(source("header", cloudfront).unwrap(), CertificateSource::Header);
        assert_eq!(source("header", Some(ProxyKind::Header)).unwrap(), CertificateSource::Header);
    }

    #[test]
    fn a_domain_is_a_host_and_nothing_else() {
        let origin = |domain| read("gateway", domain, None).unwrap().unwrap().origin;
        assert_eq!(origin("mtls.id.example").unwrap(), "https://mtls.id.example");
        assert_eq!(origin("localhost:3001").unwrap(), "https://localhost:3001");
        assert_eq!(origin(""), None);
        for domain in
            ["https://id.example", "id.example/", "id.example:443", "Id.example", "a b", "u@id.example"]
        {
            assert!(read("gateway", domain, None).is_err(), "{domain}");
        }
    }
}
