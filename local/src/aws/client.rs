//! The way in for this process: an HTTP client for the SDK that never leaves it.
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::stack::Stack;

/// A client that asks this stack.
pub(super) fn of(stack: Stack) -> SharedHttpClient {
    let connector = connector(stack);
    http_client_fn(move |_, _| connector.clone())
}

/// What asks this stack.
pub(super) fn connector(stack: Stack) -> SharedHttpConnector {
    SharedHttpConnector::new(InProcess(stack))
}

#[derive(Clone, Debug)]
struct InProcess(Stack);

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let stack = self.0.clone();
        HttpConnectorFuture::new(answer(stack, request))
    }
}

async fn answer(stack: Stack, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let request = http::Request::from_parts(head, gather(body).await?);
    let response = stack.answer(request).await.map_err(|error| ConnectorError::timeout(error.into()))?;
    HttpResponse::try_from(response.map(SdkBody::from)).map_err(|error| ConnectorError::user(error.into()))
}

/// Requests of the SDK are in memory, but for a streamed one.
async fn gather(body: SdkBody) -> Result<Bytes, ConnectorError> {
    if let Some(bytes) = body.bytes() {
        return Ok(Bytes::copy_from_slice(bytes));
    }
    let gathered = body.collect().await.map_err(ConnectorError::user)?;
    Ok(gathered.to_bytes())
}
