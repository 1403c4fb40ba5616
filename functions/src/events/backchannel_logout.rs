//! The queue of ended sessions: tells each client of a session that it has ended (OpenID Connect Back-Channel Logout 1.0).

use serde_json::Value;
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::hook;
use shared::oauth::logout::{self, Outcome};

/// The Lambda `events-backchannel_logout`.
pub const FUNCTION: Function =
    Function::event("events-backchannel_logout", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let (queued, mut failures) = hook::read_batch(event)?;
    for one in queued {
        match logout::deliver(app, &one).await {
            Ok(outcome) => {
                tracing::info!(event = one.event.id.as_str(), outcome = outcome.name(), "logout");
                if outcome == Outcome::Failed {
                    let wait = hook::wait_after(one.attempt);
                    hook::bring_later(app, &app.config.queue_logouts, &one, wait).await;
                    failures.postpone(one.id);
                }
            }
            Err(error) => failures.add(one.id, &error),
        }
    }
    Ok(failures.answer())
}
