//! The queue of events: keeps an audit record of each.

use serde_json::Value;
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::{audit, hook};

/// The Lambda `events-audit`.
pub const FUNCTION: Function = Function::event("events-audit", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let (queued, mut failures) = hook::read_batch(event)?;
    for one in queued {
        if let Err(error) = audit::keep(app, one.event).await {
            failures.add(one.id, &error);
        }
    }
    Ok(failures.answer())
}
