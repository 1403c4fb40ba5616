//! What a fresh machine starts with: what a first deployment seeds, and the demo.

use serde_json::json;

use crate::options::Profile;
use crate::platform::{Platform, PlatformError};

/// The password of everybody who is seeded.
pub const PASSWORD: &str = "correct horse battery staple 7";
/// The service client of the demo.
pub const SERVICE_ID: &str = "demo-service";
/// Its secret: for this machine only, so that the README can name it.
pub const SERVICE_SECRET: &str = "lk_cs_local_ZGVtby1zZXJ2aWNlLXNlY3JldC1mb3ItdGhpcy1tYWNoaW5l";

/// Plants what is not there yet.
///
/// # Errors
/// When the seed job fails.
pub async fn plant(platform: &Platform, _profile: Profile) -> Result<(), PlatformError> {
    platform.invoke("jobs-seed", json!({})).await.map(|_| ())
}
