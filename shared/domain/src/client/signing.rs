//! What we sign with for a client.

use super::{Client, ClientError};
use crate::app::App;
use crate::keys::{self, Algorithm};

impl Client {
    /// The algorithms of all that it may get from us.
    #[must_use]
    pub fn signing_algorithms(&self) -> Vec<Algorithm> {
        let own = [self.userinfo_algorithm, self.introspection_algorithm, self.authorization_algorithm];
        let mut algorithms =
            vec![self.id_token_algorithm, self.access_token_algorithm, self.compliance.default_algorithm()];
        algorithms.extend(own.into_iter().flatten());
        algorithms.sort_unstable();
        algorithms.dedup();
        algorithms
    }
}

/// Publishes the keys that we sign with for `client`, before it is given anything that they sign; says whether one of them is new to the
/// world, which other processes show within [`keys::JWKS_CACHE`].
///
/// # Errors
/// When the store does not answer.
pub async fn publish_algorithms(app: &App, client: &Client) -> Result<bool, ClientError> {
    Ok(keys::publish(app, &client.signing_algorithms()).await?)
}
