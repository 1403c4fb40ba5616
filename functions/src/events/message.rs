//! The queue of messages: sends each mail and short message that was requested.

use serde_json::Value;
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::{hook, message};

/// The Lambda `events-message`.
pub const FUNCTION: Function = Function::event("events-message", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let (queued, mut failures) = hook::read_batch(event)?;
    for one in queued {
        match message::deliver(app, &one.event).await {
            Ok(outcome) => {
                tracing::info!(event = one.event.id.as_str(), outcome = outcome.name(), "message");
            }
            Err(error) => failures.add(one.id, &error),
        }
    }
    Ok(failures.answer())
}
