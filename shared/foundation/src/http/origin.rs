//! Who may call from a browser: our own pages for forms (Fetch Metadata and `Origin`), and a client's registered origins for CORS.

use http::{Method, StatusCode, header};

use super::{Problem, Request, Response};
use crate::app::App;

/// What a script of another origin may read of a response beside its body.
const EXPOSED: &str = "www-authenticate, dpop-nonce, x-request-id, retry-after";

/// Refuses a state-changing request that another site made a browser send. Requests without these headers (old engines, native
/// apps) pass here, and so does an opaque origin: our pages send no referrer, for which browsers write `null`. The form's token still has to
/// be right.
///
/// # Errors
/// 403 `cross_site`.
pub fn check_same_origin(app: &App, request: &Request) -> Result<(), Problem> {
    let refused = || Problem::forbidden("cross_site", "this form was sent from another site");
    match request.header("sec-fetch-site") {
        None | Some("same-origin" | "none") => {}
        Some(_) => return Err(refused()),
    }
    match request.header(header::ORIGIN) {
        None | Some("null") => Ok(()),
        Some(origin) if origin == app.config.issuer => Ok(()),
        Some(_) => Err(refused()),
    }
}

/// Adds the CORS headers that let scripts of `origin` read the response (no cookies: these endpoints take tokens).
#[must_use]
pub fn allow_origin(response: Response, origin: &str) -> Response {
    response
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED)
        .header(header::VARY, "origin")
}

/// Lets scripts of any origin read the answer, a refusal too: for what is public, or given for a token alone.
///
/// # Errors
/// The problem that it was given.
pub fn allow_any_origin(answer: Result<Response, Problem>) -> Result<Response, Problem> {
    allow_answer_to("*", answer)
}

/// Lets scripts of `origin` read the answer, a refusal too.
///
/// # Errors
/// The problem that it was given.
pub fn allow_answer_to(origin: &str, answer: Result<Response, Problem>) -> Result<Response, Problem> {
    match answer {
        Ok(response) => Ok(allow_origin(response, origin)),
        Err(problem) => Err(problem
            .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
            .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED)
            .header(header::VARY, "origin")),
    }
}

/// Answers for a document that is for everybody: a preflight at once, from any origin and with any header, anything else with `answer`.
///
/// # Errors
/// The problem of `answer`.
pub async fn publish(
    request: &Request,
    answer: impl Future<Output = Result<Response, Problem>>,
) -> Result<Response, Problem> {
    if request.method == Method::OPTIONS {
        return allow_any_origin(Ok(preflight_of_any(request, "GET, HEAD, OPTIONS")));
    }
    allow_any_origin(answer.await)
}

/// Lets a script of any origin send these methods, and the headers that it asks for.
#[must_use]
pub fn preflight_of_any(request: &Request, methods: &str) -> Response {
    let response = Response::empty(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, methods)
        .header(header::ACCESS_CONTROL_MAX_AGE, "600")
        .header(header::VARY, "access-control-request-headers");
    match request.header(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        Some(asked) => response.header(header::ACCESS_CONTROL_ALLOW_HEADERS, asked),
        None => response,
    }
}

/// Answers a preflight. It tells no secret: whether `origin` may read the answer is decided on the request itself, per client.
#[must_use]
pub fn preflight(request: &Request) -> Response {
    let response = Response::empty(StatusCode::NO_CONTENT);
    let Some(origin) = request.header(header::ORIGIN) else { return response };
    allow_origin(response, origin)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS")
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, dpop")
        .header(header::ACCESS_CONTROL_MAX_AGE, "600")
}
