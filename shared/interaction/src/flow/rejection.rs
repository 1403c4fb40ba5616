//! What is wrong with an attempt: shown beside the fields of a page, or as problem details (RFC 9457).

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use crate::http::{Problem, Response};
use crate::id::RequestId;
use crate::page::{Fault, FieldError};

/// What is wrong with an attempt.
#[derive(Clone, Debug)]
pub struct Rejection {
    status: StatusCode,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
}

impl Rejection {
    /// 400: something typed cannot be right.
    #[must_use]
    pub fn typed(errors: Vec<FieldError>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, errors, retry_after: None }
    }

    /// 401: it does not prove who the customer is.
    #[must_use]
    pub fn unproven(error: FieldError) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, errors: vec![error], retry_after: None }
    }

    /// 403: the account may not be used.
    #[must_use]
    pub fn forbidden(error: FieldError) -> Self {
        Self { status: StatusCode::FORBIDDEN, errors: vec![error], retry_after: None }
    }

    /// 429: again in `seconds`.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let error = FieldError::general(Fault::TooManyAttempts { seconds });
        Self { status: StatusCode::TOO_MANY_REQUESTS, errors: vec![error], retry_after: Some(seconds) }
    }

    /// 409: something was changed meanwhile.
    #[must_use]
    pub fn conflict(error: FieldError) -> Self {
        Self { status: StatusCode::CONFLICT, errors: vec![error], retry_after: None }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Problem details (RFC 9457) of the request `id` with what is wrong, field by field, and `members` beside it.
    #[must_use]
    pub fn details(&self, id: &RequestId, mut members: Map<String, Value>) -> Response {
        let code = self.errors.first().map_or("invalid_request", |error| error.fault.id());
        let mut put = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        put("type", json!(format!("urn:latchkey:problem:{code}")));
        put("title", json!(self.status.canonical_reason()));
        put("status", json!(self.status.as_u16()));
        put("code", json!(code));
        put("instance", json!(format!("urn:latchkey:request:{id}")));
        put("errors", json!(self.errors));
        let response =
            Response::new(self.status, "application/problem+json", Value::Object(members).to_string());
        self.with_retry_after(response)
    }

    /// As a problem of our own API.
    #[must_use]
    pub fn problem(self) -> Problem {
        let code = self.errors.first().map_or("invalid_request", |error| error.fault.id());
        let problem = Problem::new(self.status, code, "see `errors` for what is wrong").about(self.errors);
        match self.retry_after {
            Some(seconds) => problem.header(header::RETRY_AFTER, &seconds.to_string()),
            None => problem,
        }
    }

    /// Says when to come back, where that is known.
    #[must_use]
    pub fn with_retry_after(&self, response: Response) -> Response {
        match self.retry_after {
            Some(seconds) => response.header(header::RETRY_AFTER, &seconds.to_string()),
            None => response,
        }
    }

    /// What is wrong, field by field.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }
}
