//! Client-initiated backchannel authentication (OpenID CIBA Core 1.0): a client asks us to have its customer say yes or no on a device of
//! their own, and waits meanwhile; it polls, is pinged, or is pushed the tokens.

mod approval;
mod authorize;
mod hint;
mod notify;
mod params;
mod push;
mod signed;
#[cfg(test)]
mod tests;

pub use approval::find as find_approval;
pub use authorize::{BackchannelAuthentication, authorize};
pub use notify::{Outcome, notify};

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::keys::{KeyError, sealer};

/// The sealer's label of what a notification needs.
const LABEL: &str = "ciba_notification";

/// What a notification needs, and nobody who reads the table may know: sealed in the pending request.
#[derive(Serialize, Deserialize)]
struct Notification {
    auth_req_id: String,
    /// The bearer token that the client gave us for its notification endpoint (§7.1).
    token: String,
}

impl Notification {
    async fn seal(&self, app: &App) -> Result<String, KeyError> {
        // INVARIANT: two texts can always be written as JSON.
        let plain = serde_json::to_vec(self).unwrap_or_default();
        Ok(sealer(app).await?.seal(&app.rng, LABEL, &plain))
    }

    async fn open(app: &App, sealed: &str) -> Result<Option<Self>, KeyError> {
        let plain = sealer(app).await?.open(LABEL, sealed);
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }
}
