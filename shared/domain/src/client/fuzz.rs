//! Fuzzers of what clients say of themselves.

#![expect(clippy::expect_used, reason = "a fuzzer panics where a promise is broken")]

use url::Url;

use super::tls::fuzz_certificate;
use super::{ApplicationType, Client, RedirectRules, assertion};
use crate::clock::Timestamp;
use crate::keys::jws::{Jws, LIMIT, Times};

/// The time of everything here.
pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);

/// A client assertion: its issuer is read without panic, and no key but the client's own proves anything.
pub fn assertion(text: &str) {
    let named = assertion::maker_of_assertion(text);
    if let Ok(jws) = Jws::parse(text, LIMIT) {
        let times = jws.unverified::<Times>();
        let _ = times.map(|times| times.hold(NOW));
        assert!(jws.verify::<Times>(&super::KeySet::default(), &crate::keys::Algorithm::ALL).is_err());
    } else {
        assert_eq!(named, None);
    }
}

/// A redirect URI: what may be registered is safe, and a request reaches none but the registered one.
pub fn redirect_uri(uri: &str) {
    let mut client = Client::new("acme", NOW);
    client.application_type = ApplicationType::Native;
    client.redirect_uris = ["https://acme.example/cb", "http://127.0.0.1/cb"].map(str::to_owned).to_vec();
    if client.may_redirect_to(uri) && !client.redirect_uris.iter().any(|own| own == uri) {
        let url = Url::parse(uri).expect("an address");
        assert_eq!((url.scheme(), url.host_str(), url.path()), ("http", Some("127.0.0.1"), "/cb"));
        assert!(url.username().is_empty() && url.query().is_none() && url.fragment().is_none());
    }
    for application_type in [ApplicationType::Web, ApplicationType::Native] {
        let rules = RedirectRules { application_type, localhost: false, implicit: false };
        if rules.check(uri).is_ok() {
            let url = Url::parse(uri).expect("an address");
            assert!(!["javascript", "data", "file", "blob"].contains(&url.scheme()), "{uri}");
            assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
        }
    }
}

/// A certificate, as DER.
pub fn certificate(der: &[u8]) {
    fuzz_certificate(der);
}
