//! What clients have us fetch, bounded for each host, so that nobody can turn us on somebody by naming their addresses; and what they
//! are told at addresses of theirs.

use std::time::Duration;

use http::Uri;

use super::ClientError;
use crate::app::App;
use crate::fetch::{self, FetchError, Fetched, Limits, Message};
use crate::limit::{self, Bucket, LimitError};
use crate::store::StoreError;

/// How long a client may take to answer what it is told.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of its answer, in bytes.
const ANSWER: usize = 16 * 1024;

/// The document at `uri`, or what its owner has to mend, as [`ClientError::Fetch`].
///
/// # Errors
/// When it cannot be had, or a fault of ours.
pub async fn fetch_document(app: &App, uri: &str, bytes: usize) -> Result<Fetched, ClientError> {
    let host = uri.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_ascii_lowercase));
    match limit::take(app, Bucket::FetchHost, &host.unwrap_or_default()).await {
        Ok(()) => {}
        Err(LimitError::Exceeded { .. }) => {
            return Err(ClientError::Fetch("the host was asked too often".to_owned()));
        }
        Err(LimitError::Store(source)) => return Err(source.into()),
    }
    let limits = Limits { reach: app.config.reach, bytes, ..Limits::default() };
    fetch::get(app, uri, &limits).await.map_err(|error| ClientError::Fetch(error.to_string()))
}

/// Posts `message` to an address of a client, and tells how that went. Whatever else it has to say, with an answer of success it has taken
/// the message.
///
/// # Errors
/// When the store does not answer.
pub async fn post_notification(
    app: &App,
    uri: &str,
    message: Message<'_>,
) -> Result<Result<(), FetchError>, StoreError> {
    let limits = Limits { reach: app.config.reach, bytes: ANSWER, time: PATIENCE };
    Ok(match fetch::post(app, uri, message, &limits).await {
        Ok(_) | Err(FetchError::Large(_)) => Ok(()),
        Err(error) => Err(error),
    })
}
