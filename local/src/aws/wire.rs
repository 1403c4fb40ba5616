//! How the services word requests, answers and refusals.
use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::AwsError;

/// A service's refusal: its code, its message, and what else its error shape holds.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: Cow<'static, str>,
    pub(super) message: String,
    pub(super) details: Map<String, Value>,
}

impl Refusal {
    pub(super) fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: code.into(),
            message: message.into(),
            details: Map::new(),
        }
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.details.insert(name.to_owned(), value);
        self
    }

    pub(super) fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", "the operation is not known here")
    }

    /// The shape that the JSON protocols share.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut shape = self.details.clone();
        shape.insert("__type".to_owned(), Value::from(self.code.as_ref()));
        shape.insert("message".to_owned(), Value::from(self.message.as_str()));
        Value::Object(shape).to_string().into_bytes()
    }
}

impl From<AwsError> for Refusal {
    /// A failure of the stand-in itself is a 500; its cause is for the log.
    fn from(error: AwsError) -> Self {
        if let AwsError::Refused { code, message } = error {
            return Self::new(code, message);
        }
        tracing::error!(error = &error as &dyn std::error::Error, "an AWS stand-in failed");
        Self::new("InternalFailure", "internal failure").with_status(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Refusal> for AwsError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { code: refusal.code.into_owned(), message: refusal.message }
    }
}

/// Bytes, in base64 on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Blob(pub(super) Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Reads a request of a JSON protocol.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Refusal::new("SerializationException", error.to_string()))
}

/// Writes an answer of a JSON protocol.
pub(super) fn write<T: Serialize>(answer: &T) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(answer).map_err(|error| AwsError::from(error).into())
}

/// An answer, with a request id as every service gives one.
pub(super) fn answer(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(id) = random_id().ok().and_then(|id| HeaderValue::try_from(id).ok()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

/// A random UUID (RFC 9562 §5.4), as the services use for keys, messages and requests.
pub(super) fn random_id() -> Result<String, AwsError> {
    let mut bytes = random(16)?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    Ok(format!("{a}-{b}-{c}-{d}-{e}"))
}

/// Unpredictable bytes.
#[expect(clippy::disallowed_methods, reason = "the services' chance is not the platform's: it has no seed")]
pub(super) fn random(length: usize) -> Result<Vec<u8>, AwsError> {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(bytes)
}
