//! The schedule's daily call: signing keys that are due move on from next to active, retired, gone.

use serde_json::{Value, json};
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::{keys, settings};

/// The Lambda `jobs-rotate_keys`.
pub const FUNCTION: Function =
    Function::event("jobs-rotate_keys", |app, _event| Box::pin(async { handle(app).await }));

async fn handle(app: &App) -> Result<Value, EventError> {
    let settings = settings::load(app).await?;
    let steps = keys::rotate(app, &settings).await?;
    tracing::info!(steps, "signing keys looked after");
    Ok(json!({ "steps": steps }))
}
