//! `POST /oauth2/revoke`: a client gives a token back (RFC 7009).

use http::StatusCode;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client;
use shared::http::{Request, Response};
use shared::limit::{self, Bucket};
use shared::oauth::revocation::revoke;

/// The Lambda `oauth-revoke`.
pub const FUNCTION: Function = Function::oauth("oauth-revoke", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    client::with_cors(app, &request, answer(app, &request)).await
}

async fn answer(app: &App, request: &Request) -> Reply {
    let form = request.form()?;
    let client = client::authenticate(app, request, &form).await?;
    limit::take(app, Bucket::Introspect, &client.id).await?;
    revoke(app, &client, form.require("token")?, &request.context()).await?;
    Ok(Response::empty(StatusCode::OK))
}
