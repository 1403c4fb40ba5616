//! `GET /health`: whether this deployment answers. It reads nothing, so that a probe costs nothing.

use http::StatusCode;
use serde_json::json;
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Request, Response};

/// The Lambda `pages-health`.
pub const FUNCTION: Function = Function::api("pages-health", |app, request| Box::pin(handle(app, request)));

async fn handle(_app: &App, _request: Request) -> Reply {
    Response::json(StatusCode::OK, &json!({ "status": "ok" }))
}
