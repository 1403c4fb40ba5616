//! CORS for clients that run in browsers: scripts of a client's own origins may read the answers to it.

use http::Method;

use super::find;
use crate::app::App;
use crate::app::function::Reply;
use crate::http::{Params, Request, allow_answer_to, basic_credentials, preflight};

/// Answers for an endpoint that clients call with a form: a preflight at once, anything else with `answer`, which scripts of the
/// origins of the client that the request names may read.
///
/// # Errors
/// The problem of `answer`, or a fault of ours.
pub async fn with_cors(app: &App, request: &Request, answer: impl Future<Output = Reply>) -> Reply {
    if request.method == Method::OPTIONS {
        return Ok(preflight(request));
    }
    let answer = answer.await;
    let Some(origin) = request.header(http::header::ORIGIN) else { return answer };
    let named =
        request.form().ok().as_ref().and_then(|form: &Params| form.get("client_id").map(str::to_owned));
    let basic = || basic_credentials(request).ok().flatten().map(|(id, _)| id);
    let client = match named.or_else(basic) {
        Some(id) => find(app, &id).await?,
        None => None,
    };
    if client.is_some_and(|client| client.has_origin(origin)) {
        allow_answer_to(origin, answer)
    } else {
        answer
    }
}
