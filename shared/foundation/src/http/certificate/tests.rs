//! Whose word is taken for a client's certificate.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::app::App;
use crate::app::offline::offline;
use crate::clock::Timestamp;
use crate::config::{MutualTls, OriginSecret, OriginSecrets, Proxy, ProxyKind};
use crate::http::Request;

const DER: &[u8] = b"a certificate, for all that is read here";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An app behind CloudFront that takes certificates from there.
fn taking(source: Option<CertificateSource>) -> App {
    let mut app = offline(Timestamp(0));
    let secret = OriginSecret::Known(Arc::new(OriginSecrets::parse(SECRET).unwrap()));
    app.config.proxy = Some(Proxy { kind: ProxyKind::CloudFront, secret });
    app.config.mutual_tls = source.map(|source| MutualTls { source, origin: None });
    app
}

fn pem() -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(DER))
}

fn escaped_pem() -> String {
    let unreserved = percent_encoding::NON_ALPHANUMERIC;
    percent_encoding::utf8_percent_encode(&pem(), unreserved).to_string()
}

fn sequence() -> String {
    format!(":{}:", STANDARD.encode(DER))
}

/// What is read from these headers, and the certificate that the host handed over.
fn read(source: Option<CertificateSource>, headers: &[(&str, &str)]) -> Option<ClientCertificate> {
    let app = taking(source);
    let mut request = http::Request::builder().header("cloudfront-viewer-address", "192.0.2.1:4711");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let address = Ipv4Addr::UNSPECIFIED.into();
    let mut request = Request::new(&app, request.body(Bytes::new()).unwrap(), address, HashMap::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(request.find_caller(&app)).ok()?;
    request.client_certificate
}

#[test]
fn headers_are_believed_by_no_deployment_that_did_not_ask_for_them() {
    let (escaped, sequence) = (escaped_pem(), sequence());
    let forged = [
        ("x-origin-verify", SECRET),
        ("cloudfront-viewer-cert-present", "1"),
        ("cloudfront-viewer-cert-pem", escaped.as_str()),
        ("client-cert", sequence.as_str()),
    ];
    assert_eq!(read(None, &forged), None);
    assert_eq!(read(Some(CertificateSource::Gateway), &forged), None);
    let told = read(Some(CertificateSource::CloudFront), &forged[..3]);
    assert_eq!(told, ClientCertificate::new(DER, Chain::Checked));
    let told = read(Some(CertificateSource::Header), &[forged[0], forged[3]]);
    assert_eq!(told, ClientCertificate::new(DER, Chain::Unchecked));
}

#[test]
fn header_spoofing_without_the_origin_secret_fails() {
    let (escaped, sequence) = (escaped_pem(), sequence());
    let wrong = SECRET.to_uppercase();
    let twice = [("x-origin-verify", wrong.as_str()), ("x-origin-verify", SECRET)];
    for verify in [&[][..], &[("x-origin-verify", "")], &[("x-origin-verify", wrong.as_str())], &twice] {
        let by_cloudfront =
            [("cloudfront-viewer-cert-present", "1"), ("cloudfront-viewer-cert-pem", &escaped)];
        let by_proxy = [("client-cert", sequence.as_str())];
        assert_eq!(read(Some(CertificateSource::CloudFront), &[verify, &by_cloudfront].concat()), None);
        assert_eq!(read(Some(CertificateSource::Header), &[verify, &by_proxy].concat()), None);
    }
}

#[test]
fn what_a_viewer_adds_to_the_headers_of_the_proxy_is_not_taken() {
    let (escaped, sequence) = (escaped_pem(), sequence());
    let verified = ("x-origin-verify", SECRET);
    for headers in [
        &[verified, ("cloudfront-viewer-cert-present", "0"), ("cloudfront-viewer-cert-pem", &escaped)][..],
        &[verified, ("cloudfront-viewer-cert-pem", &escaped)],
        &[verified, ("client-cert", &sequence)],
    ] {
        assert_eq!(read(Some(CertificateSource::CloudFront), headers), None, "{headers:?}");
    }
    for headers in [
        &[verified, ("client-cert", sequence.as_str()), ("client-cert", &sequence)][..],
        &[verified, ("client-cert", &format!("{sequence}, {sequence}"))],
        &[verified, ("cloudfront-viewer-cert-present", "1"), ("cloudfront-viewer-cert-pem", &escaped)],
    ] {
        assert_eq!(read(Some(CertificateSource::Header), headers), None, "{headers:?}");
    }
}

#[test]
fn a_chain_comes_beside_the_certificate() {
    let (sequence, source) = (sequence(), || Some(CertificateSource::Header));
    let headers = |chain| {
        [("x-origin-verify", SECRET), ("client-cert", sequence.as_str()), ("client-cert-chain", chain)]
    };
    let told = read(source(), &headers(":AQI=:, :AwQ:")).unwrap();
    assert_eq!(told.issuers(), [Bytes::from_static(&[1, 2]), Bytes::from_static(&[3, 4])]);
    assert_eq!(read(source(), &headers(":AQI=:, nonsense")), None);
    let long = vec![":AQI=:"; 20].join(",");
    assert_eq!(read(source(), &headers(&long)).unwrap().issuers().len(), ISSUERS);
}

#[test]
fn a_gateway_hands_it_over_beside_the_request() {
    let handed = ClientCertificate::of_pem(&pem().replace('\n', " "), Chain::Checked).unwrap();
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.extensions.insert(handed.clone());
    let read = |source| ClientCertificate::of_gateway(&taking(source).config, &parts);
    assert_eq!(read(Some(CertificateSource::Gateway)), Some(handed));
    assert_eq!(read(None), None);
    assert_eq!(read(Some(CertificateSource::Header)), None);
}

#[test]
fn a_certificate_is_bounded() {
    assert!(ClientCertificate::new(vec![0; LARGEST], Chain::Checked).is_some());
    assert!(ClientCertificate::new(vec![0; LARGEST + 1], Chain::Checked).is_none());
    assert!(ClientCertificate::new(Vec::new(), Chain::Checked).is_none());
    let issuers = [Bytes::from(vec![0; LARGEST + 1]), Bytes::from_static(&[1])];
    let told = ClientCertificate::new(DER, Chain::Unchecked).unwrap().with_issuers(issuers);
    assert_eq!(told.issuers().len(), 1);
}

/// The example of RFC 8705 appendix A binds to the SHA-256 of the DER, as base64url without padding.
#[test]
fn a_thumbprint_is_of_the_whole_certificate() {
    let thumbprint = ClientCertificate::new(b"abc".as_slice(), Chain::Checked).unwrap().thumbprint();
    assert_eq!(thumbprint, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

proptest! {
    #[test]
    fn no_header_breaks_a_reader(verify in any::<bool>(), text in "[ -~]{0,80}", more in "[:A-Za-z0-9+/=, %]{0,80}") {
        let verify = if verify { SECRET } else { text.as_str() };
        let headers = [
            ("x-origin-verify", verify),
            ("cloudfront-viewer-cert-present", "1"),
            ("cloudfront-viewer-cert-pem", more.as_str()),
            ("client-cert", more.as_str()),
            ("client-cert-chain", text.as_str()),
        ];
        let _ = read(Some(CertificateSource::CloudFront), &headers);
        let _ = read(Some(CertificateSource::Header), &headers);
        let _ = ClientCertificate::of_pem(&format!("-----BEGIN CERTIFICATE-----{more}-----END CERTIFICATE-----"), Chain::Checked);
    }
}
