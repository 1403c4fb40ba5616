//! Rotating a client's secret: a second one beside the first, then the first one away. Each step is saved and announced.

use super::{Client, ClientError, ClientSecret, load, replace_writes, save};
use crate::app::App;
use crate::hook::Cause;
use crate::id::SecretId;
use crate::secret::Secret;
use crate::store::Stored;

/// The secrets of the client of this id that are live.
///
/// # Errors
/// [`ClientError::Unknown`], or a fault of ours.
pub async fn secrets(app: &App, id: &str) -> Result<Vec<ClientSecret>, ClientError> {
    Ok(known(app, id).await?.entity.secrets)
}

/// Gives the client of this id a fresh secret. The text is told this once.
///
/// # Errors
/// When two are live already, the client does not prove itself by secrets, or a fault of ours.
pub async fn give_secret(
    app: &App,
    id: &str,
    cause: &Cause<'_>,
) -> Result<(Secret<String>, Vec<ClientSecret>), ClientError> {
    let mut client = known(app, id).await?;
    if !client.auth_method.needs_secret() {
        return Err(ClientError::WithoutSecrets(id.to_owned()));
    }
    let text = client.add_secret(app).await?;
    let writes = replace_writes(app, &mut client, cause);
    save(app, id, writes).await?;
    Ok((text, client.entity.secrets))
}

/// Takes a secret away from the client of this id; what is left.
///
/// # Errors
/// [`ClientError::Unknown`], [`ClientError::UnknownSecret`], or a fault of ours.
pub async fn take_secret(
    app: &App,
    id: &str,
    secret: &SecretId,
    cause: &Cause<'_>,
) -> Result<Vec<ClientSecret>, ClientError> {
    let mut client = known(app, id).await?;
    if !client.secrets.iter().any(|one| one.id == *secret) {
        return Err(ClientError::UnknownSecret(secret.clone()));
    }
    client.retire_secret(secret);
    let writes = replace_writes(app, &mut client, cause);
    save(app, id, writes).await?;
    Ok(client.entity.secrets)
}

async fn known(app: &App, id: &str) -> Result<Stored<Client>, ClientError> {
    load(app, id).await?.ok_or_else(|| ClientError::Unknown(id.to_owned()))
}
