//! The proxy before us, where the deployment has one (CloudFront, a firewall): it proves with each request that the request came through
//! it, and says whose request it is. Without that proof, anybody could say so.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::certificate::only;
use crate::app::App;
use crate::config::{OriginSecret, OriginSecrets, ProxyKind};
use crate::store::Cached;

/// Where a proxy proves that the request came through it.
const VERIFY: &str = "x-origin-verify";
const VIEWER_ADDRESS: &str = "cloudfront-viewer-address";
const FORWARDED_FOR: &str = "x-forwarded-for";
/// How long a process keeps the secrets: whoever replaces one waits as long before the old one goes.
const KEPT: Duration = Duration::from_secs(5 * 60);

#[derive(Default)]
struct Slot(Cached<OriginSecrets>);

/// What Secrets Manager answers.
#[derive(Deserialize)]
struct Held {
    #[serde(rename = "SecretString")]
    text: String,
}

/// The secrets of the proxy, at most five minutes old.
///
/// # Errors
/// 503 when they are not known and cannot be had.
pub(super) async fn secrets(app: &App, secret: &OriginSecret) -> Result<Arc<OriginSecrets>, Problem> {
    let arn = match secret {
        OriginSecret::Known(secrets) => return Ok(Arc::clone(secrets)),
        OriginSecret::Kept(arn) => arn,
    };
    let slot = app.slot::<Slot>();
    slot.0
        .get_or_load(&app.clock, KEPT, async |known| match (read(app, arn).await, known) {
            (Ok(secrets), _) => Ok(secrets),
            // What was good five minutes ago is better than that nobody comes in.
            (Err(reason), Some(known)) => {
                tracing::error!(reason, "the origin secret cannot be read again");
                Ok(OriginSecrets::clone(&known))
            }
            (Err(reason), None) => Err(Problem::unavailable(reason)),
        })
        .await
}

async fn read(app: &App, arn: &str) -> Result<OriginSecrets, &'static str> {
    let input = json!({ "SecretId": arn });
    match app.aws.secrets().call::<Held, Value>("GetSecretValue", &input).await {
        Some(Ok(held)) => OriginSecrets::parse(&held.text),
        Some(Err(_)) => Err("Secrets Manager refuses the origin secret"),
        None => Err("Secrets Manager does not answer"),
    }
}

/// Whether the request came through the proxy that has `secrets`.
pub(super) fn came_through(secrets: &OriginSecrets, headers: &HeaderMap) -> bool {
    only(headers, VERIFY).is_some_and(|presented| secrets.knows(presented))
}

/// The caller's address as the proxy saw it, which the gateway saw itself. `None` where it does not say: with its own address for
/// everybody, one caller's limit would be all callers'.
pub(super) fn caller(kind: ProxyKind, headers: &HeaderMap, gateway_saw: IpAddr) -> Option<IpAddr> {
    match kind {
        ProxyKind::CloudFront => viewer(only(headers, VIEWER_ADDRESS)?),
        ProxyKind::Header => forwarded(headers, gateway_saw),
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
    use std::collections::HashMap;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::app::offline::offline;
    use crate::clock::Timestamp;
    use crate::config::{CertificateSource, MutualTls, Proxy};
    use crate::http::{Chain, ClientCertificate, Request};

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const EDGE: &str = "203.0.113.9";

    /// An app behind a proxy of this kind, or behind none.
    fn behind(kind: Option<ProxyKind>) -> App {
        let mut app = offline(Timestamp(0));
        let secret = || OriginSecret::Known(Arc::new(OriginSecrets::parse(SECRET).unwrap()));
        app.config.proxy = kind.map(|kind| Proxy { kind, secret: secret() });
        app
    }

    async fn read(kind: Option<ProxyKind>, headers: &[(&str, &str)]) -> Option<String> {
        let app = behind(kind);
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::new()).unwrap();
        let mut request = Request::new(&app, request, EDGE.parse().unwrap(), HashMap::new());
        request.find_caller(&app).await.ok()?;
        Some(request.address.to_string())
    }

    fn found(address: &str) -> Option<String> {
        Some(address.to_owned())
    }

    #[tokio::test]
    async fn without_a_proxy_the_gateway_is_believed_and_no_header() {
        let forged = [("x-forwarded-for", "192.0.2.1"), ("cloudfront-viewer-address", "192.0.2.1:1")];
        assert_eq!(read(None, &forged).await, found(EDGE));
    }

    #[tokio::test]
    async fn who_goes_around_the_proxy_is_nobody() {
        for kind in [ProxyKind::CloudFront, ProxyKind::Header] {
            let named = [("x-forwarded-for", "192.0.2.1"), ("cloudfront-viewer-address", "192.0.2.1:1")];
            let guessed = [named[0], named[1], ("x-origin-verify", "0123456789abcdef0123456789abcdee")];
            let twice = [named[0], named[1], ("x-origin-verify", SECRET), ("x-origin-verify", SECRET)];
            for headers in [&named[..], &guessed, &twice, &[("x-origin-verify", SECRET)]] {
                assert_eq!(read(Some(kind), headers).await, None, "{headers:?}");
            }
        }
    }

    #[tokio::test]
    async fn cloudfront_says_the_viewer_with_its_port() {
        for (text, address) in [
            ("198.51.100.10:46532", found("198.51.100.10")),
            ("2001:db8::1:46532", found("2001:db8::1")),
            ("[2001:db8::1]:46532", found("2001:db8::1")),
            ("nobody", None),
        ] {
            let headers = [(VERIFY, SECRET), (VIEWER_ADDRESS, text)];
            assert_eq!(read(Some(ProxyKind::CloudFront), &headers).await, address, "{text}");
        }
    }

    #[tokio::test]
    async fn of_forwarded_addresses_the_last_before_the_proxy_counts() {
        for (text, address) in [
            ("198.51.100.10", found("198.51.100.10")),
            ("192.0.2.1, 198.51.100.10", found("198.51.100.10")),
            ("192.0.2.1, 198.51.100.10, 203.0.113.9", found("198.51.100.10")),
            ("203.0.113.9", None),
            ("unknown", None),
        ] {
            let headers = [(VERIFY, SECRET), (FORWARDED_FOR, text)];
            assert_eq!(read(Some(ProxyKind::Header), &headers).await, address, "{text}");
        }
    }

    proptest! {
        /// What a caller writes before the address that the proxy adds changes nothing.
        #[test]
        fn a_caller_cannot_name_another(written in "[ -~]{0,60}", lists in 0_usize..3) {
            let mut headers = HeaderMap::new();
            for _ in 0..lists {
                headers.append(FORWARDED_FOR, written.parse().unwrap());
            }
            headers.append(FORWARDED_FOR, format!("{written},198.51.100.10").parse().unwrap());
            let found = caller(ProxyKind::Header, &headers, EDGE.parse().unwrap());
            prop_assert_eq!(found, "198.51.100.10".parse().ok());
            let _ = viewer(&written);
        }
    }

    #[tokio::test]
    async fn who_came_with_a_certificate_to_the_gateway_came_past_no_proxy() {
        let mut app = behind(Some(ProxyKind::CloudFront));
        app.config.mutual_tls = Some(MutualTls { source: CertificateSource::Gateway, origin: None });
        let certificate = ClientCertificate::new(b"der".as_slice(), Chain::Checked).unwrap();
        let mut request = http::Request::new(Bytes::new());
        request.extensions_mut().insert(certificate);
        let mut request = Request::new(&app, request, EDGE.parse().unwrap(), HashMap::new());
        request.find_caller(&app).await.unwrap();
        assert_eq!(request.address.to_string(), EDGE);
    }
}
