//! Clients that nobody registered: their id is the address of a document about them, which is read when they come (OAuth Client ID
//! Metadata Document, draft-ietf-oauth-client-id-metadata-document-02).

mod age;
mod check;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use super::{OAuthError, registration};
use crate::app::App;
use crate::client::{self, Client, ClientError, Origin};
use crate::http::Params;
use crate::limit::{self, Bucket, LimitError};
use crate::settings::{self, Settings};

/// The longest document, in bytes.
const LONGEST: usize = 8 * 1024;

/// Reads the document of the client that a request names, if it is such a client and what is known of it is too old. The request may
/// go on: whoever looks for the client finds it.
///
/// # Errors
/// When the document cannot be used, or its caller has made us read too many.
pub async fn load_client_document(app: &App, params: &Params, address: IpAddr) -> Result<(), OAuthError> {
    // A client that signs an assertion need not name itself beside it (RFC 7523 §2.2).
    let asserted = || params.get("client_assertion").and_then(client::maker_of_assertion);
    let settings = settings::load(app).await?;
    if !settings.oauth.client_id_metadata_documents {
        return Ok(());
    }
    let Some(id) = params.get("client_id").map(str::to_owned).or_else(asserted) else { return Ok(()) };
    let id = id.as_str();
    if !client::is_address(id) || !client::is_document_id(id, app.config.reach) {
        return Ok(());
    }
    let known = client::find(app, id).await?;
    let now = app.clock.now();
    match known.as_deref().map(|client| client.document) {
        // Registered by an administrator, who may also have stopped it.
        Some(None) => Ok(()),
        Some(Some(origin)) if now < origin.fresh_until => Ok(()),
        Some(Some(origin)) => match read(app, &settings, id, address).await {
            Err(error) if is_theirs(&error) && origin.counts(now) => {
                // An address may say more than whose it is.
                let host = known.as_deref().and_then(Client::document_host);
                tracing::info!(host, %error, "a client's document cannot be read; the last one counts");
                Ok(())
            }
            outcome => outcome,
        },
        None => read(app, &settings, id, address).await,
    }
}

/// Whether the fault is the document's or the caller's.
fn is_theirs(error: &OAuthError) -> bool {
    matches!(
        error,
        OAuthError::Client(ClientError::Document(_)) | OAuthError::Limit(LimitError::Exceeded { .. })
    )
}

async fn read(app: &App, settings: &Settings, id: &str, address: IpAddr) -> Result<(), OAuthError> {
    limit::take(app, Bucket::Fetch, &limit::of_address(address)).await?;
    let fetched = match client::fetch_document(app, id, LONGEST).await {
        Err(ClientError::Fetch(fault)) => return Err(ClientError::Document(fault).into()),
        outcome => outcome?,
    };
    let metadata = check::metadata(id, &fetched)?;
    let now = app.clock.now();
    let mut client = Client::new(id, now);
    registration::apply(app, &metadata, settings, &mut client).await.map_err(as_document)?;
    check::redirects(&client)?;
    check::algorithms(app, settings, &client).await?;
    let fresh_until = now.plus(age::lifetime(&fetched.headers));
    client.document = Some(Origin { fetched_at: now, fresh_until });
    Ok(client::save_document(app, client).await?)
}

/// What a registration would be refused for is the document's fault here.
fn as_document(error: OAuthError) -> OAuthError {
    match error {
        OAuthError::Client(ClientError::InvalidMetadata(fault) | ClientError::InvalidRedirectUri(fault)) => {
            ClientError::Document(fault).into()
        }
        OAuthError::InvalidStatement(fault) => ClientError::Document(fault.into_owned()).into(),
        OAuthError::UnapprovedStatement => ClientError::Document(error.to_string()).into(),
        other => other,
    }
}
