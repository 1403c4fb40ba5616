//! The way out: TLS that trusts the public roots of the system, and no redirects, cookies, proxies or kept connections.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector};

use super::resolve::PublicNames;
use crate::app::App;

/// How long a name and a connection may take.
const CONNECT: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Slot(OnceLock<SharedHttpConnector>);

/// Lets `connector` stand for the network, for tests. It sees only what may be asked for; it must be set before the first fetch.
pub fn stand_in(app: &App, connector: impl HttpConnector + 'static) {
    app.slot::<Slot>().0.get_or_init(|| SharedHttpConnector::new(connector));
}

/// The network. Reading the system's roots costs milliseconds, so it waits for the first fetch.
pub(super) fn network(app: &App) -> SharedHttpConnector {
    app.slot::<Slot>().0.get_or_init(|| SharedHttpConnector::new(connector())).clone()
}

fn connector() -> Connector {
    Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .tls_context(tls::TlsContext::default())
        .sleep_impl(TokioSleep::new())
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        // Fetches are rare and of many hosts; a connection that was kept would also outlive what its name was checked for.
        .pool_max_idle_per_host(0)
        .build_with_resolver(PublicNames)
}
