//! The outbox's stream: brings each event to the queues.

use serde_json::Value;
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::hook;

/// The Lambda `events-dispatch`.
pub const FUNCTION: Function = Function::event("events-dispatch", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    Ok(hook::dispatch(app, event).await?.answer())
}
