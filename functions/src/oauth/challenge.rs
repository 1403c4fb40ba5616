//! `POST /oauth2/authorize-challenge`: an application of the deployment's own signs a customer in without a browser
//! (draft-ietf-oauth-first-party-apps-03 §5).

use http::header;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client;
use shared::flow::{self, Answering};
use shared::http::{Params, Problem, Request};
use shared::oauth::authorization;
use shared::oauth::dpop::{self, Purpose};

/// The Lambda `oauth-challenge`.
pub const FUNCTION: Function =
    Function::oauth("oauth-challenge", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, mut request: Request) -> Reply {
    // Whoever calls has no sessions of a browser, and a browser's cookies must do nothing here.
    request.headers.remove(header::COOKIE);
    let form = named(app, &request).await?;
    let client = client::authenticate(app, &request, &form).await?;
    let proven = dpop::prove(app, &request, &client, Purpose::Asking).await?;
    let jkt = proven.as_ref().map(|proven| proven.jkt.clone());
    let answering = Answering { request: &request, params: form, client: &client, jkt };
    let answer = flow::challenge(app, answering, async |params| {
        Ok(authorization::validate_direct(app, &client, params).await?)
    });
    Ok(dpop::attach_nonce(proven.as_ref(), answer.await?))
}

/// The form, with the client's id where the `auth_session` says it alone.
async fn named(app: &App, request: &Request) -> Result<Params, Problem> {
    let form = request.form()?;
    let names_itself = form.get("client_id").is_some()
        || form.get("client_assertion").is_some()
        || request.header(header::AUTHORIZATION).is_some();
    match form.get("auth_session") {
        Some(auth_session) if !names_itself => {
            let client = flow::client_of(app, auth_session).await?;
            Ok(form.with("client_id", client))
        }
        Some(_) | None => Ok(form),
    }
}
