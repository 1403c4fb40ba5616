//! `jwks` and `jwks_uri` (RFC 7591 §2): the client's public keys, by value or where it publishes them.

use super::{Metadata, Policy, refused};
use crate::client::{AuthMethod, Client, ClientError, KeySet};
use crate::fetch;

impl Metadata {
    pub(super) fn apply_keys(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            return Err(refused("`jwks` and `jwks_uri` exclude each other"));
        }
        if let Some(uri) = &self.jwks_uri {
            fetch::check(uri, policy.reach).map_err(|fault| refused(format!("`jwks_uri`: {fault}")))?;
        }
        client.jwks = self.jwks.as_ref().map(KeySet::parse).transpose().map_err(refused)?;
        client.jwks_uri.clone_from(&self.jwks_uri);
        match client.auth_method {
            AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth => {
                check_verifies(client, client.auth_method.name())
            }
            _ => Ok(()),
        }
    }
}

/// What `wants` it needs keys that the client signs with, as far as they are known by value.
pub(super) fn check_verifies(client: &Client, wants: &str) -> Result<(), ClientError> {
    if client.jwks_uri.is_some() || client.jwks.as_ref().is_some_and(KeySet::verifies) {
        return Ok(());
    }
    Err(refused(format!("`{wants}` needs `jwks_uri`, or `jwks` with a key that verifies signatures")))
}
