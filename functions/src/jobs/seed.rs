//! The deployment's call: plants what a deployment starts with, and tells CloudFormation how it went.

use serde_json::{Value, json};
use shared::app::deployment::{Deployment, Phase};
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::seed;

/// The Lambda `jobs-seed`.
pub const FUNCTION: Function = Function::event("jobs-seed", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let deployment = Deployment::of(&event);
    // What was planted outlives the resource: the tables are protected, and so is what is in them.
    let leaving = deployment.as_ref().is_some_and(|deployment| deployment.phase == Phase::Delete);
    let outcome = if leaving { Ok(()) } else { seed::plant(app).await };
    if let Some(deployment) = deployment {
        deployment.answer(&outcome).await?;
    }
    outcome?;
    Ok(json!({ "seeded": !leaving }))
}
