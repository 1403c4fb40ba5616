//! The link that the customer is sent: it leads to the request, and opens nothing without a sign-in. `approval#<hash>`/`approval`.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::keys::{Handle, HandleKind};
use crate::oauth::pending::{self, Pending};
use crate::store::{self, Entity, Key, StoreError, Table};

/// What a link leads to.
#[derive(Serialize, Deserialize)]
pub(super) struct Approval {
    pub(super) hash: String,
    pub(super) pending: String,
    pub(super) expires_at: Timestamp,
}

impl Entity for Approval {
    const TYPE: &'static str = "approval";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

fn key(hash: &str) -> Key {
    Key::new(format!("approval#{hash}"), "approval")
}

/// The request that the link with this `text` leads to, while its customer may decide.
///
/// # Errors
/// When the store does not answer.
pub async fn find(app: &App, text: &str) -> Result<Option<Pending>, StoreError> {
    let Some(handle) = Handle::parse(HandleKind::Approval, text) else { return Ok(None) };
    let Some(link) = store::get_now::<Approval>(app, key(&handle.hash())).await? else { return Ok(None) };
    let pending = pending::load(app, &link.pending).await?;
    Ok(pending.filter(|pending| pending.is_open(app.clock.now())))
}
