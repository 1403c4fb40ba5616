//! Fuzzers of what a proxy passes on.

use http::HeaderMap;

use super::certificate::fuzz;

/// Headers of certificates, by either way: what is taken for one is bounded.
pub fn certificate_header(text: &str) {
    let mut headers = HeaderMap::new();
    let Ok(value) = text.parse::<http::HeaderValue>() else { return };
    headers.insert("cloudfront-viewer-cert-present", http::HeaderValue::from_static("1"));
    for name in ["cloudfront-viewer-cert-pem", "client-cert", "client-cert-chain"] {
        headers.insert(name, value.clone());
    }
    fuzz(&headers);
}
