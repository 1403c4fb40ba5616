//! The proxy before us, where the deployment has one (CloudFront, a firewall): it proves with each request that the request came through
//! it, and says whose request it is. Without that proof, anybody could say so.

use std::net::IpAddr;

use http::HeaderMap;
use http::request::Parts;

use super::ClientCertificate;
use super::certificate::only;
use crate::config::{Config, Proxy, ProxyKind};

/// Where a proxy proves that the request came through it.
const VERIFY: &str = "x-origin-verify";
const VIEWER_ADDRESS: &str = "cloudfront-viewer-address";
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whether the request came through `proxy`.
pub(super) fn came_through(proxy: &Proxy, headers: &HeaderMap) -> bool {
    only(headers, VERIFY).is_some_and(|presented| proxy.knows(presented))
}

/// The caller's address: that which the gateway saw, or behind a proxy that which the proxy saw. `None` for a request that did not come
/// through the proxy, or of which the proxy does not say whose it is: with its own address for everybody, one caller's limit would be all
/// callers'.
pub(super) fn caller(config: &Config, parts: &Parts, gateway_saw: IpAddr) -> Option<IpAddr> {
    let Some(proxy) = &config.proxy else { return Some(gateway_saw) };
    // The gateway's own domain for clients with certificates: it has let nobody in without one, and no proxy is before it.
    if parts.extensions.get::<ClientCertificate>().is_some() {
        return Some(gateway_saw);
    }
    if !came_through(proxy, &parts.headers) {
        return None;
    }
    match proxy.kind {
        ProxyKind::CloudFront => viewer(only(&parts.headers, VIEWER_ADDRESS)?),
        ProxyKind::Header => forwarded(&parts.headers, gateway_saw),
    }
}

/// `address:port`; CloudFront writes no brackets around an address of IPv6.
fn viewer(text: &str) -> Option<IpAddr> {
    let (address, _) = text.rsplit_once(':')?;
    address.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// The last address of the list is what the nearest hop saw: the caller. Where the gateway adds what it saw itself, the proxy, that comes
/// after it. What stands before anybody can have written.
fn forwarded(headers: &HeaderMap, gateway_saw: IpAddr) -> Option<IpAddr> {
    let lists = headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().ok());
    let lists = lists.collect::<Option<Vec<_>>>()?.join(",");
    let mut hops = lists.rsplit(',').map(str::trim);
    let last: IpAddr = hops.next()?.parse().ok()?;
    if last == gateway_saw { hops.next()?.parse().ok() } else { Some(last) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::offline::offline;
    use crate::clock::Timestamp;
    use crate::http::Chain;
    use crate::secret::Secret;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const EDGE: &str = "203.0.113.9";

    fn read(kind: Option<ProxyKind>, headers: &[(&str, &str)]) -> Option<String> {
        let mut config = offline(Timestamp(0)).config.clone();
        config.proxy = kind.map(|kind| Proxy { kind, secrets: vec![Secret::new(SECRET.to_owned())] });
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        caller(&config, &parts, EDGE.parse().unwrap()).map(|address| address.to_string())
    }

    fn found(address: &str) -> Option<String> {
        Some(address.to_owned())
    }

    #[test]
    fn without_a_proxy_the_gateway_is_believed_and_no_header() {
        let forged = [("x-forwarded-for", "192.0.2.1"), ("cloudfront-viewer-address", "192.0.2.1:1")];
        assert_eq!(read(None, &forged), found(EDGE));
    }

    #[test]
    fn who_goes_around_the_proxy_is_nobody() {
        for kind in [ProxyKind::CloudFront, ProxyKind::Header] {
            let named = [("x-forwarded-for", "192.0.2.1"), ("cloudfront-viewer-address", "192.0.2.1:1")];
            let guessed = [named[0], named[1], ("x-origin-verify", "0123456789abcdef0123456789abcdee")];
            let twice = [named[0], named[1], ("x-origin-verify", SECRET), ("x-origin-verify", SECRET)];
            for headers in [&named[..], &guessed, &twice, &[("x-origin-verify", SECRET)]] {
                assert_eq!(read(Some(kind), headers), None, "{headers:?}");
            }
        }
    }

    #[test]
    fn cloudfront_says_the_viewer_with_its_port() {
        let viewer =
            |text| read(Some(ProxyKind::CloudFront), &[("x-origin-verify", SECRET), (VIEWER_ADDRESS, text)]);
        assert_eq!(viewer("198.51.100.10:46532"), found("198.51.100.10"));
        assert_eq!(viewer("2001:db8::1:46532"), found("2001:db8::1"));
        assert_eq!(viewer("[2001:db8::1]:46532"), found("2001:db8::1"));
        assert_eq!(viewer("nobody"), None);
    }

    #[test]
    fn of_forwarded_addresses_the_last_before_the_proxy_counts() {
        let forwarded =
            |text| read(Some(ProxyKind::Header), &[("x-origin-verify", SECRET), (FORWARDED_FOR, text)]);
        assert_eq!(forwarded("198.51.100.10"), found("198.51.100.10"));
        assert_eq!(forwarded("192.0.2.1, 198.51.100.10"), found("198.51.100.10"));
        assert_eq!(forwarded("192.0.2.1, 198.51.100.10, 203.0.113.9"), found("198.51.100.10"));
        assert_eq!(forwarded("203.0.113.9"), None);
        assert_eq!(forwarded("unknown"), None);
    }

    #[test]
    fn who_came_with_a_certificate_to_the_gateway_came_past_no_proxy() {
        let mut config = offline(Timestamp(0)).config.clone();
        let secrets = vec![Secret::new(SECRET.to_owned())];
        config.proxy = Some(Proxy { kind: ProxyKind::CloudFront, secrets });
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.extensions.insert(ClientCertificate::new(b"der".as_slice(), Chain::Checked).unwrap());
        assert_eq!(caller(&config, &parts, EDGE.parse().unwrap()), EDGE.parse().ok());
    }
}
