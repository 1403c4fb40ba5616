//! API Gateway: HTTP/1.1 on loopback, each request to the function that template.yaml names for its route. A certificate of the client
//! travels beside its request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use shared::app::function::Function;
use shared::http::{ClientCertificate, Problem, Request, Surface, join_lines};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use crate::extras::Extras;
use crate::platform::Platform;
use crate::template::RouteMatch;

/// API Gateway takes 10 MB; nothing of ours reads more than a fraction of this.
const BODY_LIMIT: usize = 1024 * 1024;

/// What every connection is answered from.
pub struct Shared {
    /// The platform.
    pub platform: Arc<Platform>,
    /// The pages of this machine.
    pub extras: Extras,
}

/// Who is at the other end of a connection.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) peer: SocketAddr,
    pub(crate) certificate: Option<ClientCertificate>,
}

/// Serves until the task is dropped.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(converse(Arc::clone(&shared), stream, Caller { peer, certificate: None }));
    }
}

/// Answers the requests of one connection.
pub(crate) async fn converse(
    shared: Arc<Shared>,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    caller: Caller,
) {
    let service = service_fn(move |request| {
        let (shared, caller) = (Arc::clone(&shared), caller.clone());
        async move { Ok::<_, Infallible>(receive(&shared, request, caller).await) }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn receive(
    shared: &Shared,
    request: http::Request<Incoming>,
    caller: Caller,
) -> http::Response<Full<Bytes>> {
    let Shared { platform, extras } = shared;
    let (mut parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    };
    if let Some(certificate) = caller.certificate {
        parts.extensions.insert(certificate);
    }
    let request = http::Request::from_parts(parts, body.to_bytes());
    let address = caller.peer.ip();
    if request.uri().path().starts_with("/_local") || request.uri().path() == "/" {
        return extras.answer(platform, request, address).await.map(Full::new);
    }
    answer(platform, request, address).await.map(Full::new)
}

/// Answers one request as the deployed API would; `address` is what API Gateway would report as the caller's.
pub async fn answer(
    platform: &Platform,
    mut request: http::Request<Bytes>,
    address: IpAddr,
) -> http::Response<Bytes> {
    *request.headers_mut() = join_lines(request.headers());
    let found = platform.template.route(request.method(), request.uri().path());
    match found {
        RouteMatch::Found { function, path_params, .. } => {
            let path_params: HashMap<String, String> = path_params.into_iter().collect();
            match functions::find(function) {
                Some(function) => call(platform, function, request, address, path_params).await,
                None => problem(
                    platform,
                    request,
                    address,
                    Problem::internal("the template names no such function"),
                ),
            }
        }
        RouteMatch::MethodNotAllowed { allow } => {
            let refusal = Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this method is not known here",
            )
            .header(header::ALLOW, &allow.join(", "));
            problem(platform, request, address, refusal)
        }
        RouteMatch::NotFound => {
            problem(platform, request, address, Problem::not_found("not_found", "there is no such endpoint"))
        }
    }
}

async fn call(
    platform: &Platform,
    function: Function,
    request: http::Request<Bytes>,
    address: IpAddr,
    path_params: HashMap<String, String>,
) -> http::Response<Bytes> {
    let request = Request::new(&platform.app, request, address, path_params);
    function.answer(&platform.app, request).await.into_http()
}

fn problem(
    platform: &Platform,
    request: http::Request<Bytes>,
    address: IpAddr,
    problem: Problem,
) -> http::Response<Bytes> {
    let request = Request::new(&platform.app, request, address, HashMap::new());
    let context = request.context();
    // What asks for nothing in particular is a program (curl, a client's library), and reads no page.
    let is_browser = request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    let surface = if is_browser { Surface::Page } else { Surface::Api };
    problem.render(&platform.app, surface, &context).finish(&platform.app, &context).into_http()
}

fn plain(status: StatusCode, text: &'static str) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
