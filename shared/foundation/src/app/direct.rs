//! Calls of DynamoDB, and the one of Secrets Manager, by the shortest way: one signed request over the connections of the SDK. Around
//! every call the SDK lays its configuration anew and runs a dozen interceptors, which takes longer than our own rules; one attempt needs
//! none of that. Whatever comes of it but a good answer, the SDK is asked instead where there is one: it knows when to try again, what
//! time it is elsewhere, and what errors mean.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use http::Uri;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use super::function::boxed;
use super::signature::{DYNAMODB, Service, Signed, Signer};

/// How long the one attempt may take: hundreds of times what DynamoDB takes.
const ATTEMPT: Duration = Duration::from_secs(1);
const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Endpoint {
    url: String,
    /// The `Host` of requests.
    host: String,
}

/// The short way to a service.
pub(crate) struct Direct {
    service: Service,
    connector: SharedHttpConnector,
    signer: Signer,
    region: String,
    given: Option<String>,
    endpoint: OnceCell<Endpoint>,
}

impl Direct {
    /// To the region's endpoint, or to another that is `given`.
    pub(super) fn new(
        service: Service,
        connector: SharedHttpConnector,
        credentials: Credentials,
        region: &str,
        given: Option<String>,
    ) -> Self {
        let signer = Signer::new(service, credentials, region);
        Self { service, connector, signer, region: region.to_owned(), given, endpoint: OnceCell::new() }
    }

    /// What the service answers to `operation` with `input`, or why it refuses; `None` where the SDK has to be asked.
    pub(crate) async fn call<T: DeserializeOwned, E: DeserializeOwned>(
        &self,
        operation: &'static str,
        input: &impl Serialize,
    ) -> Option<Result<T, E>> {
        let body = serde_json::to_vec(input).ok()?;
        let attempt = boxed(self.attempt(operation, body));
        let attempt = tokio::time::timeout(ATTEMPT, attempt).await.ok()?;
        let answer = attempt.and_then(|(status, body)| parse(status, &body));
        answer.unwrap_or_else(|error| {
            tracing::info!(operation, error = %error, "asks anew by the SDK");
            None
        })
    }

    /// The status and the body of the answer.
    async fn attempt(&self, operation: &'static str, body: Vec<u8>) -> Result<(u16, Bytes), Failure> {
        let endpoint = self.endpoint.get_or_try_init(|| self.resolve()).await?;
        let target = format!("{}.{operation}", self.service.target);
        let signed =
            self.signer.sign(&Signed { host: &endpoint.host, target: &target, body: &body, at: now() });
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(endpoint.url.as_str())?;
        request.headers_mut().insert("content-type", self.service.content_type);
        request.headers_mut().insert("x-amz-target", target);
        request.headers_mut().insert("user-agent", USER_AGENT);
        request.headers_mut().insert("x-amz-date", signed.date);
        request.headers_mut().insert("authorization", signed.authorization);
        if let Some(token) = self.signer.session_token() {
            request.headers_mut().insert("x-amz-security-token", token.to_owned());
        }
        let response = self.connector.call(request).await?;
        let (status, body) = (response.status().as_u16(), response.into_body());
        Ok((status, ByteStream::new(body).collect().await?.into_bytes()))
    }

    async fn resolve(&self) -> Result<Endpoint, Failure> {
        let url = match &self.given {
            Some(given) => given.clone(),
            None => {
                let params = Params::builder().region(self.region.as_str()).build()?;
                // Every partition names the hosts of its services alike.
                let url = DefaultResolver::new().resolve_endpoint(&params).await?.url().to_owned();
                url.replacen(DYNAMODB.name, self.service.name, 1)
            }
        };
        let url = format!("{}/", url.trim_end_matches('/'));
        let host = host_of(&url.parse()?).ok_or("an endpoint without a host")?;
        Ok(Endpoint { url, host })
    }
}

/// The `Host` of requests to `url`, which is signed: without the scheme's own port (RFC 9110 §4.2.3, §7.2).
fn host_of(url: &Uri) -> Option<String> {
    let authority = url.authority()?;
    match (url.scheme_str(), authority.port_u16()) {
        (Some("https"), Some(443)) | (Some("http"), Some(80)) => Some(authority.host().to_owned()),
        _ => Some(authority.to_string()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "AWS judges signatures by its own clock, not by that of a test"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn parse<T: DeserializeOwned, E: DeserializeOwned>(
    status: u16,
    body: &[u8],
) -> Result<Option<Result<T, E>>, Failure> {
    Ok(match status {
        // What serde says may quote what the item holds.
        200 => Some(Ok(serde_json::from_slice(body).map_err(|_| "an answer that cannot be read")?)),
        400 => serde_json::from_slice(body).ok().map(Err),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use serde_json::{Value, json};

    use super::*;
    use crate::app::signature::SECRETS_MANAGER;

    /// Answers all requests alike, and remembers the last one.
    #[derive(Clone, Debug)]
    struct Wire {
        status: u16,
        body: &'static str,
        sent: Arc<Mutex<Option<HttpRequest>>>,
    }

    impl HttpConnector for Wire {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            *self.sent.lock().unwrap() = Some(request);
            let response = HttpResponse::new(self.status.try_into().unwrap(), SdkBody::from(self.body));
            HttpConnectorFuture::ready(Ok(response))
        }
    }

    async fn ask(status: u16, body: &'static str) -> (Option<Result<Value, Value>>, HttpRequest) {
        let wire = Wire { status, body, sent: Arc::default() };
        let credentials = Credentials::new("AKID", "secret", Some("session".to_owned()), None, "test");
        let connector = SharedHttpConnector::new(wire.clone());
        let direct = Direct::new(DYNAMODB, connector, credentials, "eu-central-1", None);
        let outcome = direct.call("GetItem", &json!({ "TableName": "users" })).await;
        let sent = wire.sent.lock().unwrap().take().unwrap();
        (outcome, sent)
    }

    #[tokio::test]
    async fn a_request_is_what_the_service_expects() {
        let (answer, sent) = ask(200, r#"{"Item":{}}"#).await;
        assert_eq!(answer, Some(Ok(json!({ "Item": {} }))));
        assert_eq!((sent.method(), sent.uri()), ("POST", "https://dynamodb.eu-central-1.amazonaws.com/"));
        assert_eq!(sent.body().bytes(), Some(br#"{"TableName":"users"}"#.as_slice()));
        let header = |name: &str| sent.headers().get(name).unwrap_or_default().to_owned();
        assert_eq!(header("x-amz-target"), "DynamoDB_20120810.GetItem");
        assert_eq!(header("content-type"), "application/x-amz-json-1.0");
        assert_eq!(header("x-amz-security-token"), "session");
        let signature = header("authorization");
        assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"), "{signature}");
        assert!(signature.contains("/eu-central-1/dynamodb/aws4_request,"), "{signature}");
        for signed in ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
            let names = signature.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
            assert!(names.split(';').any(|name| name == signed), "{signed}: {names}");
        }
    }

    #[tokio::test]
    async fn another_service_is_asked_at_its_own_host() {
        let wire = Wire { status: 200, body: "{}", sent: Arc::default() };
        let credentials = Credentials::new("AKID", "secret", None, None, "test");
        let connector = SharedHttpConnector::new(wire.clone());
        let secrets = Direct::new(SECRETS_MANAGER, connector, credentials, "cn-north-1", None);
        let answer: Option<Result<Value, Value>> = secrets.call("GetSecretValue", &json!({})).await;
        assert_eq!(answer, Some(Ok(json!({}))));
        let sent = wire.sent.lock().unwrap().take().unwrap();
        assert_eq!(sent.uri(), "https://secretsmanager.cn-north-1.amazonaws.com.cn/");
        assert_eq!(sent.headers().get("x-amz-target"), Some("secretsmanager.GetSecretValue"));
        assert_eq!(sent.headers().get("content-type"), Some("application/x-amz-json-1.1"));
    }

    #[test]
    fn the_port_of_the_scheme_is_left_out_of_the_host() {
        let host = |url: &str| host_of(&url.parse().unwrap()).unwrap();
        assert_eq!(host("https://db.example:443/"), "db.example");
        assert_eq!(host("http://127.0.0.1:80/"), "127.0.0.1");
        assert_eq!(host("http://127.0.0.1:443/"), "127.0.0.1:443");
        assert_eq!(host("https://db.example/"), "db.example");
    }

    #[tokio::test]
    async fn what_is_no_answer_is_left_to_the_sdk() {
        for (status, body) in [(200, "<html>"), (301, ""), (400, "<html>"), (500, "{}"), (503, "")] {
            assert_eq!(ask(status, body).await.0, None, "{status} {body}");
        }
        let refused = ask(400, r#"{"__type":"com.amazonaws.dynamodb.v20120810#X"}"#).await.0;
        assert_eq!(refused, Some(Err(json!({ "__type": "com.amazonaws.dynamodb.v20120810#X" }))));
    }
}
