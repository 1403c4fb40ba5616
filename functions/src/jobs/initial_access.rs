//! An operator's call: gives out the right to register clients (an initial access token, RFC 7591 §3).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::oauth::registration;

/// The Lambda `jobs-initial_access`.
pub const FUNCTION: Function =
    Function::event("jobs-initial_access", |app, event| Box::pin(handle(app, event)));

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Order {
    /// How many clients it registers.
    uses: u32,
    /// For how long, in seconds.
    lifetime: u64,
}

impl Default for Order {
    fn default() -> Self {
        Self { uses: 1, lifetime: 24 * 60 * 60 }
    }
}

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let Order { uses, lifetime } = serde_json::from_value(event)?;
    let lifetime = Duration::from_secs(lifetime);
    let token = registration::issue_initial_access(app, uses, lifetime).await?;
    tracing::info!(uses, "the right to register was given out");
    let expires_at = app.clock.now().plus(lifetime).rfc3339();
    Ok(json!({ "initial_access_token": token.expose(), "uses": uses, "expires_at": expires_at }))
}
