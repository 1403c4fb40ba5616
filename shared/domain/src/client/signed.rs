//! JWTs that a client has signed: verified with its keys as they are now, and with the algorithm that it is registered for.

use serde::de::DeserializeOwned;

use super::{Client, ClientError, key_set_with};
use crate::app::App;
use crate::keys::Algorithm;
use crate::keys::jws::{Jws, JwsError};

/// The claims of `jws`, if a key of `client` has signed it with the algorithm that is `registered` for such, or with any that is its
/// profile's where none is; else what its maker has to mend.
///
/// # Errors
/// [`ClientError::Keys`] when its keys cannot be had, or a fault of ours.
pub(super) async fn verify<T: DeserializeOwned>(
    app: &App,
    client: &Client,
    jws: &Jws<'_>,
    registered: Option<&Algorithm>,
) -> Result<Result<T, JwsError>, ClientError> {
    let allowed = registered.map_or(client.compliance.algorithms(), std::slice::from_ref);
    // What no key could make good does not make us ask for keys.
    if let Err(error) = jws.algorithm(allowed) {
        return Ok(Err(error));
    }
    let keys = key_set_with(app, client, jws.header().kid.as_deref()).await?;
    Ok(jws.verify(&keys, allowed))
}

/// The claims of a request that `client` has signed, verified as any JWT of a client; else what it has to mend, its keys among that.
///
/// # Errors
/// A fault of ours.
pub async fn verify_request<T: DeserializeOwned>(
    app: &App,
    client: &Client,
    jws: &Jws<'_>,
    registered: Option<&Algorithm>,
) -> Result<Result<T, String>, ClientError> {
    match verify(app, client, jws, registered).await {
        Ok(claims) => Ok(claims.map_err(|error| error.to_string())),
        Err(error @ ClientError::Keys(_)) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}
