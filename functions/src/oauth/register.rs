//! `POST /oauth2/register` (RFC 7591 §3); `GET`, `PUT`, `DELETE /oauth2/register/{client_id}` (RFC 7592 §2): clients register
//! themselves, and keep their registration.

use http::{Method, StatusCode};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::client::Metadata;
use shared::http::{Problem, Request, Response};
use shared::limit::{self, Bucket};
use shared::oauth::registration;

/// The Lambda `oauth-register`.
pub const FUNCTION: Function =
    Function::oauth("oauth-register", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    registration::with_cors(app, &request, dispatch(app, &request)).await
}

async fn dispatch(app: &App, request: &Request) -> Reply {
    match request.method {
        Method::POST => register(app, request).await,
        Method::GET => read(app, request).await,
        Method::PUT => update(app, request).await,
        Method::DELETE => delete(app, request).await,
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "use POST, GET, PUT or DELETE",
        )),
    }
}

async fn register(app: &App, request: &Request) -> Reply {
    limit::take(app, Bucket::Register, &limit::of_address(request.address)).await?;
    let metadata = metadata(request)?;
    let registered =
        registration::register(app, &metadata, request.bearer_token(), &request.context()).await?;
    registered.respond(app, StatusCode::CREATED)
}

async fn read(app: &App, request: &Request) -> Reply {
    let id = request.path_param("client_id")?;
    registration::read(app, id, request.bearer_token()).await?.respond(app, StatusCode::OK)
}

async fn update(app: &App, request: &Request) -> Reply {
    // It may have documents read, as a registration does.
    limit::take(app, Bucket::Register, &limit::of_address(request.address)).await?;
    let id = request.path_param("client_id")?;
    let metadata = metadata(request)?;
    let updated =
        registration::update(app, id, (&metadata, request.bearer_token()), &request.context()).await?;
    updated.respond(app, StatusCode::OK)
}

async fn delete(app: &App, request: &Request) -> Reply {
    let id = request.path_param("client_id")?;
    registration::delete(app, id, request.bearer_token(), &request.context()).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// What is not JSON, or has a member of another type, is told by the code of RFC 7591 §3.2.2.
fn metadata(request: &Request) -> Result<Metadata, Problem> {
    request.json().map_err(|problem| {
        let detail = problem.detail().to_owned();
        Problem::new(problem.status(), "invalid_client_metadata", detail)
    })
}
