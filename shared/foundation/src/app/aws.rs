//! The AWS clients: configured by hand once, each client made when first used.

use std::collections::HashMap;
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
use super::signature::{DYNAMODB, SECRETS_MANAGER};

/// Amazon's own roots: AWS endpoints chain to nothing else, and reading the system's store costs milliseconds.
const AMAZON_ROOTS: &[u8] = include_bytes!("../../../roots/amazon.pem");

/// How AWS is reached.
pub struct AwsOptions {
    /// Credentials of the role.
    pub credentials: Credentials,
    /// Who sends requests; `None` is TLS over the network.
    pub connector: Option<SharedHttpConnector>,
    /// Where the services are, if not where AWS has them.
    pub endpoints: Endpoints,
}

/// Other endpoints than those of AWS: one for all services, or one for each (AWS SDKs and Tools Reference Guide, "Service-specific
/// endpoints").
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    all: Option<String>,
    services: HashMap<&'static str, String>,
}

impl Endpoints {
    /// The services that are called, as names of variables have them.
    const SERVICES: [&str; 6] = ["DYNAMODB", "KMS", "SECRETS_MANAGER", "SNS", "SESV2", "SQS"];

    /// `url` for all services.
    #[must_use]
    pub fn all(url: &str) -> Self {
        Self { all: Some(url.to_owned()), services: HashMap::new() }
    }

    /// What the environment says: `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn from_variables(variables: &HashMap<String, String>) -> Self {
        let own = |service| Some((service, variables.get(&format!("AWS_ENDPOINT_URL_{service}"))?.clone()));
        Self {
            all: variables.get("AWS_ENDPOINT_URL").cloned(),
            services: Self::SERVICES.into_iter().filter_map(own).collect(),
        }
    }

    fn of(&self, service: &'static str) -> Option<String> {
        self.services.get(service).or(self.all.as_ref()).cloned()
    }
}

/// The client of a service. The SDK's configurations are of as many types as services.
macro_rules! configured {
    ($service:ident, $aws:expr, $name:literal) => {{
        let mut config = $service::config::Builder::from(&$aws.config);
        config.set_endpoint_url($aws.endpoints.of($name));
        $service::Client::from_conf(config.build())
    }};
}

/// The AWS clients.
pub struct Aws {
    config: SdkConfig,
    endpoints: Endpoints,
    direct: Direct,
    secrets: Direct,
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
        let endpoint = options.endpoints.of("DYNAMODB");
        let direct = Direct::new(DYNAMODB, connector.clone(), options.credentials.clone(), region, endpoint);
        let endpoint = options.endpoints.of("SECRETS_MANAGER");
        let secrets =
            Direct::new(SECRETS_MANAGER, connector.clone(), options.credentials.clone(), region, endpoint);
        let builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(options.credentials))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(retries)
            .timeout_config(timeouts)
            // Bodies are small and whole attempts have a time-out; watching each body's throughput is work for nothing.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()));
        Self {
            config: builder.build(),
            endpoints: options.endpoints,
            direct,
            secrets,
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

    /// Secrets Manager, of which one call is made: a client of the SDK would be larger than all that it is for.
    pub(crate) fn secrets(&self) -> &Direct {
        &self.secrets
    }

    /// DynamoDB, with tries and time-outs: for the room `store`.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| configured!(aws_sdk_dynamodb, self, "DYNAMODB"))
    }

    /// KMS: for the room `keys`.
    pub fn kms(&self) -> &aws_sdk_kms::Client {
        self.kms.get_or_init(|| configured!(aws_sdk_kms, self, "KMS"))
    }

    /// SNS: for the room `message`.
    pub fn sns(&self) -> &aws_sdk_sns::Client {
        self.sns.get_or_init(|| configured!(aws_sdk_sns, self, "SNS"))
    }

    /// SES: for the room `message`.
    pub fn ses(&self) -> &aws_sdk_sesv2::Client {
        self.ses.get_or_init(|| configured!(aws_sdk_sesv2, self, "SESV2"))
    }

    /// SQS: for the room `hook`.
    pub fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| configured!(aws_sdk_sqs, self, "SQS"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_of_a_service_goes_before_that_of_all() {
        let variables =
            [("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let endpoints = Endpoints::from_variables(&variables);
        assert_eq!(endpoints.of("DYNAMODB").as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(endpoints.of("KMS").as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(Endpoints::default().of("KMS"), None);
    }
}
