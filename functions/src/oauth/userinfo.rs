//! `GET`, `POST /oauth2/userinfo`: claims about the customer behind a token (OpenID Connect Core §5.3). Scripts of any origin may
//! read the answer: it is given for a token, never for a cookie.

use http::Method;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Request, allow_any_origin, preflight};
use shared::oauth::tokens;

/// The Lambda `oauth-userinfo`.
pub const FUNCTION: Function =
    Function::oauth("oauth-userinfo", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.method == Method::OPTIONS {
        return Ok(preflight(&request));
    }
    allow_any_origin(tokens::userinfo(app, &request).await)
}
