//! CORS where anybody may register: scripts of any origin too, since nothing here goes by a cookie.

use http::{Method, StatusCode};

use crate::app::App;
use crate::app::function::Reply;
use crate::http::{Request, Response, allow_any_origin, preflight_of_any};
use crate::settings::{self, RegistrationMode};

const METHODS: &str = "GET, POST, PUT, DELETE, OPTIONS";

/// Answers a preflight at once, anything else with `answer`, which scripts of any origin may read where registration is open.
///
/// # Errors
/// The problem of `answer`, or a fault of ours.
pub async fn with_cors(app: &App, request: &Request, answer: impl Future<Output = Reply>) -> Reply {
    let is_open = settings::load(app).await?.registration.mode == RegistrationMode::Open;
    match (request.method == Method::OPTIONS, is_open) {
        (true, true) => allow_any_origin(Ok(preflight_of_any(request, METHODS))),
        (true, false) => Ok(Response::empty(StatusCode::NO_CONTENT)),
        (false, true) => allow_any_origin(answer.await),
        (false, false) => answer.await,
    }
}
