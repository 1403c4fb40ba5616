//! What a deployment starts with. Every step leaves alone what is there, so the seed may run at each deployment.

use crate::app::App;
use crate::keys::{self, KeyError};
use crate::settings;
use crate::store::StoreError;

/// A seed that did not come up.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Keys could not be made.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Plants what is missing: data keys, settings, signing keys.
///
/// # Errors
/// When KMS or the store does not answer. What was planted until then stays.
pub async fn plant(app: &App) -> Result<(), SeedError> {
    keys::create_data_keys(app).await?;
    settings::seed(app, &settings::Settings::default()).await?;
    let settings = settings::load(app).await?;
    keys::rotate(app, &settings).await?;
    Ok(())
}
