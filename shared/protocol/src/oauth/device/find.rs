//! From a code that a customer typed to the request that it stands for.

use super::{Shown, UserCode, key};
use crate::app::App;
use crate::keys::sealer;
use crate::oauth::OAuthError;
use crate::oauth::pending::{self, Pending};
use crate::store;

/// The request that `code` leads to, while its customer may decide.
///
/// # Errors
/// When a key cannot be had, or the store does not answer.
pub async fn find(app: &App, code: &UserCode) -> Result<Option<Pending>, OAuthError> {
    let mac = code.mac(&*sealer(app).await?);
    let Some(shown) = store::get_now::<Shown>(app, key(&mac)).await? else { return Ok(None) };
    let pending = pending::load(app, &shown.pending).await?;
    Ok(pending.filter(|pending| pending.is_open(app.clock.now())))
}
