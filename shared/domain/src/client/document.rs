//! Clients whose id is the address of a document about them (OAuth Client ID Metadata Document, draft-ietf-oauth-client-id-metadata-
//! document-02): the record `client_document#<id>`/`client_document`. Who reads the document and judges it is `oauth::client_document`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Client, ClientError};
use crate::app::App;
use crate::clock::Timestamp;
use crate::fetch::{self, Reach};
use crate::settings;
use crate::store::{self, Entity, Key, Table, Write};

/// The longest such id, in bytes: it is part of keys.
pub(super) const LONGEST_ID: usize = 512;
/// How long a client is remembered of which nothing is heard: longer than its refresh tokens live unused.
const KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// How long a document that cannot be read any more goes on to count.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// When what is known of a client was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// When.
    pub fetched_at: Timestamp,
    /// Until when its owner lets it be kept, within our bounds.
    pub fresh_until: Timestamp,
}

impl Origin {
    /// Whether what was read counts still, although it may not be fresh any more.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        now < self.fresh_until || now < self.fetched_at.plus(STALE)
    }
}

/// A client as its document says.
#[derive(Serialize, Deserialize)]
struct ClientDocument {
    #[serde(flatten)]
    client: Client,
}

impl Entity for ClientDocument {
    const TYPE: &'static str = "client_document";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.client.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.client.updated_at.plus(KEPT))
    }
}

fn key(id: &str) -> Key {
    Key::new(format!("client_document#{id}"), "client_document")
}

/// Whether `id` can be the address of a document (§3): https, with a path, in the one spelling that nothing has to be mended in.
#[must_use]
pub fn is_document_id(id: &str, reach: Reach) -> bool {
    let canonical = || Url::parse(id).is_ok_and(|url| url.as_str() == id);
    id.len() <= LONGEST_ID && fetch::check(id, reach).is_ok() && canonical()
}

/// Whether `id` looks like an address, as no other id does.
#[must_use]
pub fn is_address(id: &str) -> bool {
    id.contains("://")
}

/// The client that was read of the document at `id`, while the deployment lets such clients in.
pub(super) async fn find(app: &App, id: &str) -> Result<Option<Client>, ClientError> {
    if !is_address(id) || !settings::load(app).await?.oauth.client_id_metadata_documents {
        return Ok(None);
    }
    let stored = store::get_now::<ClientDocument>(app, key(id)).await?;
    Ok(stored
        .map(|stored| stored.entity.client)
        .filter(|client| app.clock.now() < client.updated_at.plus(KEPT)))
}

impl Client {
    /// The host that speaks for the client, if it is known by a document.
    #[must_use]
    pub fn document_host(&self) -> Option<String> {
        let url = self.document.and_then(|_| Url::parse(&self.id).ok())?;
        url.host_str().map(str::to_owned)
    }
}

/// Keeps what was read.
///
/// # Errors
/// When the store does not answer.
pub async fn save_document(app: &App, client: Client) -> Result<(), ClientError> {
    let id = client.id.clone();
    store::write(app, Write::put(&ClientDocument { client })).await?;
    super::forget(app, &id);
    Ok(())
}
