//! `GET /assets/{file}`: the styles and scripts of the pages. A name with the content's fingerprint may be kept for ever.

use http::{StatusCode, header};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Problem, Request, Response, has_entity_tag};
use shared::page;

/// The Lambda `pages-assets`.
pub const FUNCTION: Function = Function::api("pages-assets", |app, request| Box::pin(handle(app, request)));

async fn handle(_app: &App, request: Request) -> Reply {
    let asset = page::asset(request.path_param("file")?)
        .ok_or_else(|| Problem::not_found("not_found", "there is no such file"))?;
    let response = if has_entity_tag(&request, asset.etag) {
        Response::empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::new(StatusCode::OK, asset.content_type, asset.bytes)
    };
    Ok(response.header(header::ETAG, asset.etag).header(header::CACHE_CONTROL, asset.caching.header()))
}
