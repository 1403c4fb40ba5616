//! `GET`, `POST /oauth2/authorize`: a client asks for a customer's sign-in (RFC 6749 §3.1, OpenID Connect Core §3.1.2).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, Purpose, Visit};
use shared::http::{Request, repeat_with_get};
use shared::oauth::{authorization, client_document};

/// The Lambda `oauth-authorize`.
pub const FUNCTION: Function =
    Function::page("oauth-authorize", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let params = request.params()?;
    if params.get("client_id").is_none()
        && let Some(visit) = Visit::looked(app, &request).await?
    {
        // A sign-in that was begun here, whose signed answer is given here.
        return flow::current(app, visit).await;
    }
    client_document::load_client_document(app, &params, request.address).await?;
    let validated = match authorization::validate(app, &params).await {
        Ok(validated) => validated,
        Err(error) => return error.respond(app, &request.context()).await,
    };
    if let Some(repeated) = repeat_with_get(&request, &params) {
        return Ok(repeated);
    }
    flow::begin(app, &request, Purpose::Authorize(Box::new(validated.request))).await
}
