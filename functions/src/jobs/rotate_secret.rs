//! An operator's call: gives a client a second secret, takes one away, or lists what it has. Two live at once, so that the client moves
//! from one to the other without a pause.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::client;
use shared::hook::Cause;
use shared::id::SecretId;

/// The Lambda `jobs-rotate_secret`.
pub const FUNCTION: Function =
    Function::event("jobs-rotate_secret", |app, event| Box::pin(handle(app, event)));

#[derive(Deserialize)]
struct Order {
    client_id: String,
    #[serde(flatten)]
    action: Action,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Action {
    /// Which secrets are live.
    List,
    /// One more.
    Add,
    /// One less.
    Retire { secret: SecretId },
}

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let Order { client_id, action } = serde_json::from_value(event)?;
    let mut told = json!({ "client_id": client_id });
    let secrets = match action {
        Action::List => client::secrets(app, &client_id).await?,
        Action::Add => {
            let (text, secrets) = client::give_secret(app, &client_id, &Cause::system()).await?;
            told["client_secret"] = json!(text.expose());
            secrets
        }
        Action::Retire { secret } => client::take_secret(app, &client_id, &secret, &Cause::system()).await?,
    };
    let listed = secrets.iter().map(|one| json!({ "id": one.id, "created_at": one.created_at.rfc3339() }));
    told["secrets"] = listed.collect();
    Ok(told)
}
