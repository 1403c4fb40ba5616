//! The queue of requests that clients wait for: pings each client, or pushes the tokens (OpenID CIBA Core 1.0 §10).

use serde_json::Value;
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::hook::{self, Queued};
use shared::oauth::ciba::{self, Outcome};

/// The Lambda `events-backchannel_notification`.
pub const FUNCTION: Function =
    Function::event("events-backchannel_notification", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let (queued, mut failures) = hook::read_batch(event)?;
    for one in queued {
        match ciba::notify(app, &one).await {
            Ok(outcome) => {
                tracing::info!(event = one.event.id.as_str(), outcome = outcome.name(), "notification");
                if let Some(wait) = wait(app, outcome, &one) {
                    hook::bring_later(app, &app.config.queue_notifications, &one, wait).await;
                    failures.postpone(one.id);
                }
            }
            Err(error) => failures.add(one.id, &error),
        }
    }
    Ok(failures.answer())
}

/// How long until it is to come again, if it is.
fn wait(app: &App, outcome: Outcome, queued: &Queued) -> Option<std::time::Duration> {
    match outcome {
        Outcome::Early(until) => Some(until.since(app.clock.now())),
        Outcome::Failed => Some(hook::wait_after(queued.attempt)),
        Outcome::Delivered | Outcome::Unwanted => None,
    }
}
