//! The deployment's call: plants what a deployment starts with, protects the tables, and tells CloudFormation how it went.

use serde_json::{Value, json};
use shared::app::deployment::{Deployment, Phase};
use shared::app::function::EventError;
use shared::app::{App, Function};
use shared::seed::{self, SeedError};
use shared::store::{self, DeletionProtection};

/// The Lambda `jobs-seed`.
pub const FUNCTION: Function = Function::event("jobs-seed", |app, event| Box::pin(handle(app, event)));

async fn handle(app: &App, event: Value) -> Result<Value, EventError> {
    let deployment = Deployment::of(&event);
    // What was planted outlives the resource: the tables are protected, and so is what is in them.
    let leaving = deployment.as_ref().is_some_and(|deployment| deployment.phase == Phase::Delete);
    let outcome = if leaving { Ok(()) } else { plant(app, deployment.as_ref()).await };
    if let Some(deployment) = deployment {
        deployment.answer(&outcome).await?;
    }
    outcome?;
    Ok(json!({ "seeded": !leaving }))
}

/// The tables are protected last: a first deployment that fails before leaves nothing that cannot be deleted.
async fn plant(app: &App, deployment: Option<&Deployment>) -> Result<(), SeedError> {
    seed::plant(app).await?;
    let protection = deployment.and_then(|deployment| deployment.properties.deletion_protection.as_deref());
    match protection {
        Some("true") => Ok(store::protect_tables(app, DeletionProtection::On).await?),
        Some("false") => Ok(store::protect_tables(app, DeletionProtection::Off).await?),
        _ => Ok(()),
    }
}
