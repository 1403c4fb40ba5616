//! A document that is rendered once and served many times, with an entity tag (RFC 9110 §8.8.3).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Request, Response};

/// A rendered document.
#[derive(Clone, Debug)]
pub struct Document {
    body: Bytes,
    media_type: &'static str,
    headers: HeaderMap,
}

impl Document {
    /// A JSON document that others may keep for `max_age` seconds.
    #[must_use]
    pub fn json(value: &serde_json::Value, max_age: u32) -> Self {
        Self::new("application/json", value.to_string(), max_age)
    }

    /// `body`, which others may keep for `max_age` seconds.
    #[must_use]
    pub fn new(media_type: &'static str, body: impl Into<Bytes>, max_age: u32) -> Self {
        let body = body.into();
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &body)));
        let mut headers = HeaderMap::new();
        // INVARIANT: a number and base64url can stand in a header, so neither value is left out.
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if let Ok(caching) = HeaderValue::from_str(&format!("public, max-age={max_age}")) {
            headers.insert(header::CACHE_CONTROL, caching);
        }
        Self { body, media_type, headers }
    }

    /// The document, or 304 for a caller who has it.
    #[must_use]
    pub fn respond(&self, request: &Request) -> Response {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let response = if tag.is_some_and(|tag| has_entity_tag(request, tag)) {
            Response::empty(StatusCode::NOT_MODIFIED)
        } else {
            Response::new(StatusCode::OK, self.media_type, self.body.clone())
        };
        response.headers(&self.headers)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Whether the caller has what bears this entity tag (RFC 9110 §13.1.2): the answer is 304.
#[must_use]
pub fn has_entity_tag(request: &Request, tag: &str) -> bool {
    request.header(header::IF_NONE_MATCH).is_some_and(|known| {
        known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
    })
}
