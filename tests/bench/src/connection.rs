//! One keep-alive connection to the local host, as a client has it.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use url::form_urlencoded::Serializer;

use crate::error::BenchError;

/// One keep-alive connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
}

/// A request that can be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(http::HeaderName, String)>,
    pub(crate) body: Bytes,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::post(path, "application/x-www-form-urlencoded", body)
    }

    pub(crate) fn json(path: &str, value: &Value) -> Self {
        Self::post(path, "application/json", value.to_string())
    }

    fn post(path: &str, media_type: &str, body: String) -> Self {
        let headers = vec![(CONTENT_TYPE, media_type.to_owned())];
        Self { method: Method::POST, path: path.to_owned(), headers, body: body.into() }
    }

    pub(crate) fn header(mut self, name: http::HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn authorized(self, value: &str) -> Self {
        self.header(AUTHORIZATION, value)
    }

    pub(crate) fn cookies(self, value: &str) -> Self {
        if value.is_empty() { self } else { self.header(COOKIE, value) }
    }
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(BenchError::system("connect"))?;
        stream.set_nodelay(true).map_err(BenchError::system("connect"))?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; a fault shows in the next request.
        tokio::spawn(connection);
        Ok(Self { sender, authority: format!("localhost:{port}") })
    }

    pub(crate) async fn send(&mut self, call: &Call) -> Result<Answer, BenchError> {
        let mut request =
            Request::builder().method(&call.method).uri(&call.path).header(HOST, &self.authority);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(call.body.clone()))?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Answer { status: head.status, headers: head.headers, body: body.collect().await?.to_bytes() })
    }

    /// Sends `call`, which must be answered by `status`.
    pub(crate) async fn expect(&mut self, call: &Call, status: StatusCode) -> Result<Answer, BenchError> {
        let answer = self.send(call).await?;
        if answer.status == status {
            return Ok(answer);
        }
        let what = format!("{} {}", call.method, call.path);
        let body = String::from_utf8_lossy(&answer.body).chars().take(500).collect();
        Err(BenchError::Answer { what, status: answer.status, body })
    }

    /// Sends `call`, which must succeed with JSON.
    pub(crate) async fn ask(&mut self, call: &Call) -> Result<Value, BenchError> {
        let answer = self.send(call).await?;
        let body = || String::from_utf8_lossy(&answer.body).into_owned();
        if !answer.status.is_success() {
            let what = format!("{} {}", call.method, call.path);
            return Err(BenchError::Answer { what, status: answer.status, body: body() });
        }
        serde_json::from_slice(&answer.body).map_err(|_| BenchError::Lacks("a request for JSON", body()))
    }
}

impl Answer {
    /// Where a redirect goes.
    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok())
    }
}
