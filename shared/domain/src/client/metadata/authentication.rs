//! How the client will prove who it is (RFC 7591 §2, OpenID Connect Registration §2).

use super::{Metadata, Policy, choose, refused};
use crate::client::{ASSERTION_MACS, AuthMethod, Client, ClientError};
use crate::keys::Algorithm;
use crate::keys::jws::Mac;

impl Metadata {
    pub(super) fn apply_authentication(
        &self,
        policy: &Policy,
        client: &mut Client,
    ) -> Result<(), ClientError> {
        let offered = |name: &str| AuthMethod::find(name).filter(|one| policy.auth_methods.contains(one));
        let method = choose(&self.token_endpoint_auth_method, "token_endpoint_auth_method", offered)?;
        client.auth_method = method.unwrap_or(AuthMethod::ClientSecretBasic);
        const ALGORITHM: &str = "token_endpoint_auth_signing_alg";
        let asked = &self.token_endpoint_auth_signing_alg;
        client.auth_algorithm = if client.auth_method == AuthMethod::ClientSecretJwt {
            choose(asked, ALGORITHM, |name| Mac::find(name).filter(|mac| ASSERTION_MACS.contains(mac)))?;
            None
        } else {
            choose(asked, ALGORITHM, Algorithm::find_theirs)?
        };
        client.tls = match client.auth_method {
            AuthMethod::TlsClientAuth => Some(self.tls.identity().map_err(refused)?),
            AuthMethod::None
            | AuthMethod::ClientSecretBasic
            | AuthMethod::ClientSecretPost
            | AuthMethod::ClientSecretJwt
            | AuthMethod::PrivateKeyJwt
            | AuthMethod::SelfSignedTlsClientAuth => None,
        };
        Ok(())
    }
}
