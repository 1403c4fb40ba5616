//! One response. Unless it says otherwise it is not stored, not framed, not sniffed and sends no referrer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{Problem, RequestContext, SetCookie, join_lines};
use crate::app::App;

/// What a page may load and who may frame it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentSecurity {
    /// Nothing at all: for data.
    Data,
    /// Our style sheet and images; forms may be answered by a redirect to a client, hence no `form-action`.
    Page,
    /// As `Page`, and our own script files.
    Scripted,
}

impl ContentSecurity {
    fn policy(self) -> &'static str {
        match self {
            Self::Data => "default-src 'none'; frame-ancestors 'none'",
            Self::Page => {
                "default-src 'none'; style-src 'self' https:; img-src 'self' https: data:; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Scripted => {
                "default-src 'none'; script-src 'self'; style-src 'self' https:; img-src 'self' https: data:; base-uri 'none'; frame-ancestors 'none'"
            }
        }
    }
}

/// One response.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Response {
    /// Nothing but a status.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// `body` of the given media type.
    #[must_use]
    pub fn new(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Self { status, headers: HeaderMap::new(), body: body.into() };
        response.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// `value` as JSON.
    ///
    /// # Errors
    /// A fault of ours, when `value` cannot be written as JSON.
    pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(Problem::internal)?;
        Ok(Self::new(status, "application/json", body))
    }

    /// A page.
    #[must_use]
    pub fn html(status: StatusCode, body: String, security: ContentSecurity) -> Self {
        let mut response = Self::new(status, "text/html; charset=utf-8", body);
        response.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(security.policy()));
        response
    }

    /// Lets the page frame these origins: what each of them is, is the caller's to check.
    #[must_use]
    pub fn framing(mut self, origins: &[String]) -> Self {
        if origins.is_empty() {
            return self;
        }
        let policy = format!("{}; frame-src {}", ContentSecurity::Page.policy(), origins.join(" "));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            self.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        self
    }

    /// 303: go there with GET.
    ///
    /// # Errors
    /// A fault of ours, when `location` cannot stand in a header.
    pub fn see_other(location: &str) -> Result<Self, Problem> {
        let mut response = Self::empty(StatusCode::SEE_OTHER);
        let location = HeaderValue::from_str(location).map_err(Problem::internal)?;
        response.headers.insert(header::LOCATION, location);
        Ok(response)
    }

    /// Adds a header; a value that cannot stand in one is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// Adds headers that were made before.
    #[must_use]
    pub(super) fn headers(mut self, headers: &HeaderMap) -> Self {
        self.headers.extend(headers.clone());
        self
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(self, cookie: &SetCookie) -> Self {
        self.header(header::SET_COOKIE, &cookie.to_string())
    }

    /// Lets caches keep it for so many seconds.
    #[must_use]
    pub fn cache_for(self, seconds: u32) -> Self {
        self.header(header::CACHE_CONTROL, &format!("public, max-age={seconds}"))
    }

    /// The headers alone, as HEAD is answered.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.body = Bytes::new();
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Adds what every response bears.
    #[must_use]
    pub fn finish(mut self, app: &App, context: &RequestContext) -> Self {
        const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
        let mut default = |name: HeaderName, value: &'static str| {
            self.headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        default(header::CACHE_CONTROL, "no-store");
        default(header::CONTENT_SECURITY_POLICY, ContentSecurity::Data.policy());
        default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        default(header::X_FRAME_OPTIONS, "DENY");
        default(header::REFERRER_POLICY, "no-referrer");
        if app.config.is_https() {
            default(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
        }
        self.header(REQUEST_ID, context.id.as_str())
    }

    /// As the `http` crate has it, with one value for each header name: API Gateway passes on no more.
    #[must_use]
    pub fn into_http(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = join_lines(&self.headers);
        response
    }
}
