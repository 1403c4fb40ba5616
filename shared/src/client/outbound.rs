//! What clients have us fetch: bounded for each host, so that nobody can turn us on somebody by naming their addresses.

use http::Uri;

use super::ClientError;
use crate::app::App;
use crate::fetch::{self, Fetched, Limits};
use crate::limit::{self, Bucket, LimitError};
use crate::settings;

/// The document at `uri`, or what its owner has to mend, as [`ClientError::Fetch`].
///
/// # Errors
/// When it cannot be had, or a fault of ours.
pub async fn fetch_document(app: &App, uri: &str, bytes: usize) -> Result<Fetched, ClientError> {
    let reach = settings::load(app).await?.reach();
    let host = uri.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_ascii_lowercase));
    match limit::take(app, Bucket::FetchHost, &host.unwrap_or_default()).await {
        Ok(()) => {}
        Err(LimitError::Exceeded { .. }) => {
            return Err(ClientError::Fetch("the host was asked too often".to_owned()));
        }
        Err(LimitError::Store(source)) => return Err(source.into()),
    }
    let limits = Limits { reach, bytes, ..Limits::default() };
    fetch::get(app, uri, &limits).await.map_err(|error| ClientError::Fetch(error.to_string()))
}
