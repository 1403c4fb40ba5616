//! Forms that another site posts to us come without our cookies (SameSite=Lax): the browser is asked to repeat them with GET, which
//! brings them.

use http::Method;

use super::{Params, Request, Response};

/// The longest address that the gateway takes in any case, in bytes.
const LONGEST: usize = 6 * 1024;

/// The redirect that repeats a form of another site with GET; `None` where that is not needed, or cannot be.
#[must_use]
pub fn repeat_with_get(request: &Request, params: &Params) -> Option<Response> {
    let foreign = request.method == Method::POST && request.header("sec-fetch-site") == Some("cross-site");
    let location = format!("{}?{}", request.path, params.encode());
    if foreign && location.len() <= LONGEST { Response::see_other(&location).ok() } else { None }
}
