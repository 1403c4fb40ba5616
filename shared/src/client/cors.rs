//! CORS for clients that run in browsers: scripts of a client's own origins may read the answers to it.

use super::find;
use crate::app::App;
use crate::http::{Params, Problem, Request, Response, allow_answer_to, basic_credentials};

/// Lets scripts of the origin that sent `request` read `answer`, where it is one of the client that the request names.
///
/// # Errors
/// The problem that it was given, or a fault of ours.
pub async fn allow_origin_of_client(
    app: &App,
    request: &Request,
    answer: Result<Response, Problem>,
) -> Result<Response, Problem> {
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
