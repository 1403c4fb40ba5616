//! The Lambda Runtime API (version 2018-06-01) for one function: events go out one at a time, outcomes come back.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use shared::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};

const PREFIX: &str = "/2018-06-01/runtime/";
/// How long Lambda would let an invocation run.
const DEADLINE_MILLIS: i64 = 30_000;

/// What a function made of an event.
#[derive(Debug)]
pub enum Outcome {
    /// It answered.
    Answered(Value),
    /// It reported that it cannot take the event.
    Failed(Value),
    /// It reported that it cannot start.
    NotStarted(Value),
}

/// The API's side of one sandbox.
pub(crate) struct Api {
    events: Mutex<mpsc::Receiver<Bytes>>,
    outcomes: mpsc::Sender<(Outcome, Instant)>,
    ready: watch::Sender<Option<Instant>>,
}

/// The other side: where events are put in and outcomes are taken out.
pub(crate) struct Desk {
    pub(crate) events: mpsc::Sender<Bytes>,
    pub(crate) outcomes: mpsc::Receiver<(Outcome, Instant)>,
    pub(crate) ready: watch::Receiver<Option<Instant>>,
}

/// Serves the API on `listener` until the desk is gone.
pub(crate) fn open(listener: TcpListener) -> Desk {
    let (events, taken) = mpsc::channel(1);
    let (made, outcomes) = mpsc::channel(1);
    let (ready, seen) = watch::channel(None);
    let api = Arc::new(Api { events: Mutex::new(taken), outcomes: made, ready });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Small answers in two segments would wait for an acknowledgement; a failure to say so costs time alone.
            let _slower = stream.set_nodelay(true);
            let api = Arc::clone(&api);
            let service = service_fn(move |request| answer(Arc::clone(&api), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Desk { events, outcomes, ready: seen }
}

async fn answer(api: Arc<Api>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let segments: Vec<&str> = path.split('/').collect();
    Ok(match (request.method(), segments.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => api.next().await,
        (&Method::POST, ["invocation", _, "response"]) => api.report(Outcome::Answered, request).await,
        (&Method::POST, ["invocation", _, "error"]) => api.report(Outcome::Failed, request).await,
        (&Method::POST, ["init", "error"]) => api.report(Outcome::NotStarted, request).await,
        _ => status(StatusCode::NOT_FOUND),
    })
}

impl Api {
    async fn next(&self) -> Response<Full<Bytes>> {
        self.ready.send_if_modified(|ready| {
            let first = ready.is_none();
            ready.get_or_insert_with(Instant::now);
            first
        });
        let Some(event) = self.events.lock().await.recv().await else {
            return status(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let deadline = Clock::default().now_millis() + DEADLINE_MILLIS;
        Response::builder()
            .header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("Lambda-Runtime-Deadline-Ms", deadline)
            .header(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:sample",
            )
            .header("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
            .body(Full::new(event))
            .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    async fn report(
        &self,
        outcome: fn(Value) -> Outcome,
        request: Request<Incoming>,
    ) -> Response<Full<Bytes>> {
        let Ok(body) = request.into_body().collect().await else { return status(StatusCode::BAD_REQUEST) };
        let at = Instant::now();
        let value = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
        match self.outcomes.send((outcome(value), at)).await {
            Ok(()) => status(StatusCode::ACCEPTED),
            Err(_) => status(StatusCode::GONE),
        }
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
