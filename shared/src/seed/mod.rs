//! What a deployment starts with. Every step leaves alone what is there, so the seed may run at each deployment.

mod admin;
mod error;

pub use error::SeedError;

use crate::app::App;
use crate::flow;
use crate::keys;
use crate::settings;

/// Plants what is missing: data keys, flows, settings, signing keys, the first administrator.
///
/// # Errors
/// When KMS or the store does not answer. What was planted until then stays.
pub async fn plant(app: &App) -> Result<(), SeedError> {
    keys::create_data_keys(app).await?;
    flow::seed(app).await?;
    settings::seed(app, &settings::Settings::default()).await?;
    let settings = settings::load(app).await?;
    keys::rotate(app, &settings).await?;
    match &app.config.admin_email {
        Some(email) => admin::invite(app, email).await,
        None => Ok(()),
    }
}
