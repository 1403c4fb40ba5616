//! The way in for other processes: HTTP/1.1 on loopback, for `AWS_ENDPOINT_URL`.
use std::net::IpAddr;

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::AwsError;
use super::dispatch::Unanswered;
use super::stack::Stack;
use super::wire::{self, Refusal};

/// Larger than any request of the platform.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Serves until `shutdown` resolves, then lets the requests under way finish.
pub(super) async fn until(
    stack: Stack,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), AwsError> {
    let address = listener.local_addr().map_err(AwsError::Endpoint)?;
    if !address.ip().is_loopback() {
        return Err(AwsError::NotLoopback(address));
    }
    let (closing, closed) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stack.clone(), stream, closed.clone()))),
                // One connection that failed before it was accepted is no reason to stop.
                Err(error) => tracing::warn!(%error, "a connection to the AWS stand-ins was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    drop(closing);
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn connection(stack: Stack, stream: TcpStream, mut closed: watch::Receiver<()>) {
    let service = service_fn(move |request| answer(stack.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        // The sender is dropped when the endpoint shuts down.
        _ = closed.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the AWS stand-ins ended early");
    }
}

/// An error here closes the connection without an answer, as a time-out looks to the caller.
async fn answer(stack: Stack, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Unanswered> {
    let (head, body) = request.into_parts();
    let gathered = match is_for_loopback(&head.headers) {
        true => gather(body).await,
        false => Err(Refusal::new("AccessDeniedException", "ask for this machine by a loopback name")
            .with_status(StatusCode::FORBIDDEN)),
    };
    let response = match gathered {
        Ok(body) => stack.answer(Request::from_parts(head, body)).await?,
        Err(refusal) => wire::answer(refusal.status, "application/x-amz-json-1.0", refusal.to_json()),
    };
    Ok(response.map(Full::new))
}

/// A web page can have its own name resolve to loopback and call from the browser; it cannot choose the `Host`.
fn is_for_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let Some(host) = host else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback || name == "localhost" || name.ends_with(".localhost")
}

async fn gather(body: Incoming) -> Result<Bytes, Refusal> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(gathered) => Ok(gathered.to_bytes()),
        Err(_) => {
            Err(Refusal::new("RequestEntityTooLargeException", "the body is too large or was cut short")
                .with_status(StatusCode::PAYLOAD_TOO_LARGE))
        }
    }
}
