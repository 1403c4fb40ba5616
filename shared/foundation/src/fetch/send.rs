//! One request and its answer, within the limits.

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::display::DisplayErrorContext;
use http::{Method, Request, header};

use super::network::network;
use super::{FetchError, Fetched, Limits, Message, Reach, target};
use crate::app::App;

/// Who asks.
const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));

pub(super) fn request(
    method: Method,
    url: &str,
    message: Option<Message<'_>>,
    reach: Reach,
) -> Result<Request<SdkBody>, FetchError> {
    let mut builder = Request::builder()
        .method(method)
        .uri(target::read(url, reach)?)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT_ENCODING, "identity");
    let Some(Message { content_type, headers, body }) = message else {
        return builder.body(SdkBody::empty()).map_err(|_| FetchError::Malformed);
    };
    builder = builder.header(header::CONTENT_TYPE, content_type);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(SdkBody::from(body)).map_err(|_| FetchError::Malformed)
}

pub(super) async fn send(
    app: &App,
    request: Request<SdkBody>,
    limits: &Limits,
) -> Result<Fetched, FetchError> {
    let host = request.uri().host().unwrap_or_default().to_owned();
    let request = HttpRequest::try_from(request).map_err(|_| FetchError::Malformed)?;
    let answer = async {
        let response = network(app).call(request).await.map_err(|error| unreachable(&host, &error))?;
        read(&host, response, limits.bytes).await
    };
    tokio::time::timeout(limits.time, answer).await.unwrap_or(Err(FetchError::Slow))
}

async fn read(host: &str, response: HttpResponse, most: usize) -> Result<Fetched, FetchError> {
    let (parts, body) = response.try_into_http1x().map_err(|error| unreachable(host, &error))?.into_parts();
    if !parts.status.is_success() {
        return Err(FetchError::Status(parts.status));
    }
    let mut stream = ByteStream::new(body);
    let mut body = Vec::new();
    while let Some(part) = stream.try_next().await.map_err(|error| unreachable(host, &error))? {
        if body.len() + part.len() > most {
            return Err(FetchError::Large(most));
        }
        body.extend_from_slice(&part);
    }
    Ok(Fetched { status: parts.status, headers: parts.headers, body: body.into() })
}

/// The reason is for our log alone: it tells names and addresses apart that strangers may not learn of.
fn unreachable<E: std::error::Error>(host: &str, error: &E) -> FetchError {
    tracing::info!(host, reason = %DisplayErrorContext(error), "nobody could be reached");
    FetchError::Unreachable
}
