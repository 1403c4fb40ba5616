//! What went wrong, with two faces: a code and a detail for the caller, a source for the log. A 5xx never shows its source.

use std::borrow::Cow;
use std::error::Error;

use http::{HeaderName, StatusCode, header};
use serde_json::json;

use super::{ContentSecurity, RequestContext, Response};
use crate::app::App;
use crate::page::{ErrorPage, Fault, FieldError, Page};

/// How a function shows a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// `{"error", "error_description"}` (RFC 6749 §5.2).
    OAuth,
    /// Problem details (RFC 9457).
    Api,
    /// A page, or problem details for who asks for JSON.
    Page,
}

/// What went wrong.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, String)>,
    page: Box<OnPage>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a page says of it besides.
#[derive(Debug, Default)]
struct OnPage {
    /// The words for people.
    fault: Option<Fault>,
    /// Where it can be tried again.
    again: Option<String>,
}

impl Problem {
    /// A refusal with the given status, stable code and detail.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let (headers, errors) = (Vec::new(), Vec::new());
        Self { status, code, detail: detail.into(), errors, headers, page: Box::default(), source: None }
    }

    /// 303: nothing is wrong, but what was asked for is answered at `location`.
    #[must_use]
    pub fn elsewhere(location: &str) -> Self {
        Self::new(StatusCode::SEE_OTHER, "see_other", "go on at the address in `Location`")
            .header(header::LOCATION, location)
    }

    /// 400 with a code of its own.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400 `invalid_request`: the request is malformed.
    pub fn invalid_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request("invalid_request", detail)
    }

    /// 401 with a challenge (RFC 9110 §11.6.1).
    pub fn unauthorized(code: &'static str, detail: impl Into<Cow<'static, str>>, challenge: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail).header(header::WWW_AUTHENTICATE, challenge)
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404.
    pub fn not_found(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 413.
    pub fn too_large(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", detail)
    }

    /// 429: again in `seconds`.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            format!("try again in {seconds} seconds"),
        )
        .header(header::RETRY_AFTER, &seconds.to_string())
    }

    /// 500: a fault of ours; `source` goes to the log alone.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "something went wrong on our side; quote the request id when you ask for help";
        Self {
            source: Some(source.into()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", detail)
        }
    }

    /// 503: a fault of ours that passes; `source` goes to the log alone.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "busy; try again in a second";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", detail);
        Self { source: Some(source.into()), ..problem.header(header::RETRY_AFTER, "1") }
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Says it to people in these words.
    #[must_use]
    pub fn saying(mut self, fault: Fault) -> Self {
        self.page.fault = Some(fault);
        self
    }

    /// Leads people on to this path, where it can be tried again.
    #[must_use]
    pub fn leading_to(mut self, path: impl Into<String>) -> Self {
        self.page.again = Some(path.into());
        self
    }

    /// Says field by field what is wrong (RFC 9457 §3.2).
    #[must_use]
    pub fn about(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What the caller is told.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The response that tells of it; a fault of ours is logged here, once.
    #[must_use]
    pub fn render(self, app: &App, surface: Surface, context: &RequestContext) -> Response {
        if self.status.is_server_error() {
            let source = self.source.as_ref().map(ToString::to_string).unwrap_or_default();
            tracing::error!(request_id = context.id.as_str(), code = self.code, source, "failed");
        }
        let response = match surface {
            _ if self.status.is_redirection() => Response::empty(self.status),
            Surface::OAuth => self.oauth(),
            Surface::Page if !context.wants_json => self.page(app, context),
            Surface::Api | Surface::Page => self.details(context),
        };
        self.headers.into_iter().fold(response, |response, (name, value)| response.header(name, &value))
    }

    fn oauth(&self) -> Response {
        let body = json!({ "error": self.code, "error_description": error_description(&self.detail) });
        Response::new(self.status, "application/json", body.to_string())
    }

    fn details(&self, context: &RequestContext) -> Response {
        let mut body = json!({
            "type": format!("urn:latchkey:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "instance": format!("urn:latchkey:request:{}", context.id),
        });
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        Response::new(self.status, "application/problem+json", body.to_string())
    }

    fn page(&self, app: &App, context: &RequestContext) -> Response {
        let page = Page::Error(ErrorPage {
            fault: self.page.fault.clone().unwrap_or_else(|| self.plain_words()),
            detail: self.status.is_client_error().then(|| self.detail.to_string()),
            request_id: context.id.to_string(),
            client: None,
            again: self.page.again.clone(),
        });
        match app.pages.render(context.locale, &page) {
            Ok(html) => Response::html(self.status, html, ContentSecurity::Page),
            Err(error) => {
                tracing::error!(request_id = context.id.as_str(), error = %error, "the error page failed");
                self.details(context)
            }
        }
    }

    /// The words for people where nobody chose better ones.
    fn plain_words(&self) -> Fault {
        match self.status {
            StatusCode::NOT_FOUND => Fault::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Fault::MethodNotAllowed,
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Fault::Forbidden,
            StatusCode::PAYLOAD_TOO_LARGE => Fault::RequestTooLarge,
            StatusCode::SERVICE_UNAVAILABLE => Fault::Unavailable,
            status if status.is_server_error() => Fault::Internal,
            _ => Fault::RequestInvalid,
        }
    }
}

/// The characters that RFC 6749 §5.2 allows in a description.
fn error_description(detail: &str) -> String {
    detail
        .chars()
        .map(|char| if matches!(char, ' '..='~') && !matches!(char, '"' | '\\') { char } else { '\'' })
        .collect()
}
