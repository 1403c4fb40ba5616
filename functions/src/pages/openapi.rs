//! `GET /openapi.json`: the description of our own API (OpenAPI 3.1). A test compares its paths with template.yaml.

use std::sync::OnceLock;

use serde_json::{Value, json};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::{Document, Problem, Request, publish};

/// The Lambda `pages-openapi`.
pub const FUNCTION: Function = Function::api("pages-openapi", |app, request| Box::pin(handle(app, request)));

/// The description, but for the address of the deployment.
const DESCRIPTION: &str = include_str!("../../openapi.json");
/// How long others may keep it, in seconds.
const MAX_AGE: u32 = 300;

#[derive(Default)]
struct Slot(OnceLock<Document>);

async fn handle(app: &App, request: Request) -> Reply {
    publish(&request, async { describe(app, &request) }).await
}

fn describe(app: &App, request: &Request) -> Reply {
    let slot = app.slot::<Slot>();
    if let Some(document) = slot.0.get() {
        return Ok(document.respond(request));
    }
    let document = render(app).map_err(Problem::internal)?;
    Ok(slot.0.get_or_init(|| document).respond(request))
}

fn render(app: &App) -> Result<Document, serde_json::Error> {
    let mut description: Value = serde_json::from_str(DESCRIPTION)?;
    description["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    description["servers"] = json!([{ "url": app.config.issuer }]);
    let flow = &mut description["components"]["securitySchemes"]["account"];
    flow["openIdConnectUrl"] = json!(app.config.url("/.well-known/openid-configuration"));
    Ok(Document::json(&description, MAX_AGE))
}

#[cfg(test)]
mod tests;
