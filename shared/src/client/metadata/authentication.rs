//! How the client will prove who it is (RFC 7591 §2, OpenID Connect Registration §2).

use super::{Metadata, choose};
use crate::client::{AuthMethod, Client, ClientError};
use crate::keys::Algorithm;

impl Metadata {
    pub(super) fn apply_authentication(&self, client: &mut Client) -> Result<(), ClientError> {
        let method =
            choose(&self.token_endpoint_auth_method, "token_endpoint_auth_method", AuthMethod::find)?;
        client.auth_method = method.unwrap_or(AuthMethod::ClientSecretBasic);
        client.auth_algorithm = choose(
            &self.token_endpoint_auth_signing_alg,
            "token_endpoint_auth_signing_alg",
            Algorithm::find_theirs,
        )?;
        Ok(())
    }
}
