//! The AWS clients: configured by hand once, each client made when first used.

use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::sdk_config::StalledStreamProtectionConfig;

use super::direct::Direct;

/// Amazon's own roots: AWS endpoints chain to nothing else, and reading the system's store costs milliseconds.
const AMAZON_ROOTS: &[u8] = include_bytes!("../../roots/amazon.pem");

/// How AWS is reached.
pub struct AwsOptions {
    /// Credentials of the role.
    pub credentials: Credentials,
    /// Who sends requests; `None` is TLS over the network.
    pub connector: Option<SharedHttpConnector>,
    /// Another endpoint for all services (`AWS_ENDPOINT_URL`).
    pub endpoint_url: Option<String>,
}

/// The AWS clients.
pub struct Aws {
    config: SdkConfig,
    direct: Direct,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    ses: OnceLock<aws_sdk_sesv2::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
}

impl Aws {
    pub(super) fn new(region: &str, options: AwsOptions) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(2))
            .operation_timeout(Duration::from_secs(5))
            .build();
        let retries =
            RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(25));
        let connector = options.connector.unwrap_or_else(|| SharedHttpConnector::new(Network::default()));
        let (credentials, endpoint) = (options.credentials.clone(), options.endpoint_url.clone());
        let direct = Direct::new(connector.clone(), credentials, region, endpoint);
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(options.credentials))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(retries)
            .timeout_config(timeouts)
            // Bodies are small and whole attempts have a time-out; watching each body's throughput is work for nothing.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()));
        builder.set_endpoint_url(options.endpoint_url);
        Self {
            config: builder.build(),
            direct,
            dynamodb: OnceLock::new(),
            kms: OnceLock::new(),
            sns: OnceLock::new(),
            ses: OnceLock::new(),
            sqs: OnceLock::new(),
        }
    }

    /// DynamoDB by the short way.
    pub(crate) fn direct(&self) -> &Direct {
        &self.direct
    }

    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.config))
    }

    pub(crate) fn kms(&self) -> &aws_sdk_kms::Client {
        self.kms.get_or_init(|| aws_sdk_kms::Client::new(&self.config))
    }

    pub(crate) fn sns(&self) -> &aws_sdk_sns::Client {
        self.sns.get_or_init(|| aws_sdk_sns::Client::new(&self.config))
    }

    pub(crate) fn ses(&self) -> &aws_sdk_sesv2::Client {
        self.ses.get_or_init(|| aws_sdk_sesv2::Client::new(&self.config))
    }

    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.config))
    }
}

/// Connections to AWS over the network, all of one pool; made with the first request.
#[derive(Debug, Default)]
struct Network(OnceLock<Connector>);

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // How long an answer may take, whoever asks says.
        let timeouts = HttpConnectorSettings::builder().connect_timeout(Duration::from_millis(500)).build();
        self.0.get_or_init(|| connector(timeouts)).call(request)
    }
}

/// HTTP requests to Amazon outside the SDK, to a presigned URL.
pub(super) fn patient() -> Connector {
    let timeouts = HttpConnectorSettings::builder()
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(10))
        .build();
    connector(timeouts)
}

fn connector(timeouts: HttpConnectorSettings) -> Connector {
    Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .tls_context(amazon_tls())
        .sleep_impl(TokioSleep::new())
        .connector_settings(timeouts)
        .build()
}

fn amazon_tls() -> tls::TlsContext {
    let roots = tls::TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    tls::TlsContext::builder().with_trust_store(roots).build().unwrap_or_default()
}
