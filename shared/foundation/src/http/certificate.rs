//! The certificate that a client came with, as whoever ended its TLS connection hands it over (RFC 8705 §2, RFC 9440). A header that
//! anybody can send is read only where the deployment says so, and beside the secret that the proxy before us alone knows.

use aws_lc_rs::digest;
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::config::{CertificateSource, Config};

/// The largest certificate that is looked at, in bytes.
const LARGEST: usize = 16 * 1024;
/// The most certificates of a chain, without the client's own.
const ISSUERS: usize = 5;
/// Byte sequences of structured fields may lack their padding (RFC 8941 §4.2.7).
const SEQUENCE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether anybody has checked that a chain leads to an issuer that the deployment trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Whoever ended the connection has.
    Checked,
    /// Nobody has.
    Unchecked,
}

/// A certificate whose private key the client has proven to hold, by its TLS handshake. What it says is not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    der: Bytes,
    issuers: Vec<Bytes>,
    chain: Chain,
}

impl ClientCertificate {
    /// The certificate `der`; `None` when it is larger than any that we look at.
    #[must_use]
    pub fn new(der: impl Into<Bytes>, chain: Chain) -> Option<Self> {
        let der = der.into();
        (!der.is_empty() && der.len() <= LARGEST).then(|| Self { der, issuers: Vec::new(), chain })
    }

    /// The certificate in the PEM text `pem` (RFC 7468); what is around it does not matter.
    #[must_use]
    pub fn of_pem(pem: &str, chain: Chain) -> Option<Self> {
        let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
        let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
        // Some hosts put spaces in place of line breaks.
        let body: String =
            body.chars().filter(|char| !char.is_ascii_whitespace()).take(2 * LARGEST).collect();
        Self::new(STANDARD.decode(body).ok()?, chain)
    }

    /// Adds the certificates of its issuers, the nearest first; those beyond any sound chain are left out.
    #[must_use]
    pub fn with_issuers(mut self, issuers: impl IntoIterator<Item = Bytes>) -> Self {
        self.issuers = issuers.into_iter().filter(|der| der.len() <= LARGEST).take(ISSUERS).collect();
        self
    }

    /// The certificate, as DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificates of its issuers that came with it.
    #[must_use]
    pub fn issuers(&self) -> &[Bytes] {
        &self.issuers
    }

    /// Whether its chain was checked.
    #[must_use]
    pub fn chain(&self) -> Chain {
        self.chain
    }

    /// Its thumbprint, `x5t#S256` (RFC 8705 §3.1).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.der))
    }

    /// The certificate that the gateway hands over beside the request, where the deployment takes those.
    pub(super) fn of_gateway(config: &Config, parts: &Parts) -> Option<Self> {
        match config.mutual_tls.as_ref()?.source {
            CertificateSource::Gateway => parts.extensions.get::<Self>().cloned(),
            CertificateSource::CloudFront | CertificateSource::Header => None,
        }
    }

    /// The certificate that the proxy says the client came with, where the deployment takes those. That the request came through the proxy
    /// is known.
    pub(super) fn of_proxy(config: &Config, headers: &HeaderMap) -> Option<Self> {
        match config.mutual_tls.as_ref()?.source {
            CertificateSource::Gateway => None,
            CertificateSource::CloudFront => of_cloudfront(headers),
            CertificateSource::Header => of_client_cert(headers),
        }
    }
}

/// `CloudFront-Viewer-Cert-Pem`, percent-encoded. CloudFront says in any case whether there was a certificate: without that the header
/// is not of its making.
fn of_cloudfront(headers: &HeaderMap) -> Option<ClientCertificate> {
    if only(headers, "cloudfront-viewer-cert-present") != Some("1") {
        return None;
    }
    let pem = percent_decode_str(only(headers, "cloudfront-viewer-cert-pem")?).decode_utf8().ok()?;
    ClientCertificate::of_pem(&pem, Chain::Checked)
}

/// `Client-Cert` and `Client-Cert-Chain` (RFC 9440 §2).
fn of_client_cert(headers: &HeaderMap) -> Option<ClientCertificate> {
    let leaf = ClientCertificate::new(byte_sequence(only(headers, "client-cert")?)?, Chain::Unchecked)?;
    let issuers = match only(headers, "client-cert-chain") {
        Some(list) => list.split(',').take(ISSUERS).map(byte_sequence).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    Some(leaf.with_issuers(issuers.into_iter().map(Bytes::from)))
}

/// A byte sequence of a structured field (RFC 8941 §3.3.5).
fn byte_sequence(text: &str) -> Option<Vec<u8>> {
    let encoded = text.trim_matches(' ').strip_prefix(':')?.strip_suffix(':')?;
    SEQUENCE.decode(encoded).ok()
}

/// The header's value, where it comes once: nobody can tell which of two is the proxy's.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(only), None) => only.to_str().ok(),
        (None, _) | (Some(_), Some(_)) => None,
    }
}

/// Whatever these headers say, what is taken for a certificate is bounded.
#[cfg(any(test, feature = "testing"))]
pub(super) fn fuzz(headers: &HeaderMap) {
    for certificate in [of_cloudfront(headers), of_client_cert(headers)].into_iter().flatten() {
        assert!(!certificate.der().is_empty() && certificate.der().len() <= LARGEST);
        assert!(certificate.issuers().len() <= ISSUERS);
    }
}

#[cfg(test)]
mod tests;
