//! What was done, told once by the page that the customer is sent to after a form: kept in a cookie for a minute, since a word in the
//! address could be anybody's.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::App;
use crate::app::function::Reply;
use crate::http::{Request, Response, SetCookie};
use crate::page::Notice;

const COOKIE: &str = "lk_notice";
const LIFETIME: Duration = Duration::from_secs(60);

/// Sends the customer to a page of ours, which tells what was done.
///
/// # Errors
/// A fault of ours, when the address cannot stand in a header.
pub fn see_other(app: &App, path: &str, notice: &Notice) -> Reply {
    let response = Response::see_other(&app.config.url(path))?;
    Ok(response.cookie(&SetCookie::new(&app.config, COOKIE, notice.id()).lasting(LIFETIME)))
}

/// What the request's page is to tell.
pub(super) fn of(app: &App, request: &Request) -> Option<Notice> {
    let cookies = request.cookies();
    let id: Value = json!({ "id": cookies.get(&app.config, COOKIE)? });
    serde_json::from_value(id).ok()
}

/// Takes the notice back once it was told.
pub(super) fn forget(app: &App, request: &Request, response: Response) -> Response {
    match of(app, request) {
        Some(_) => response.cookie(&SetCookie::remove(&app.config, COOKIE)),
        None => response,
    }
}
