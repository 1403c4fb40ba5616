//! `scope` (RFC 7591 §2) and `authorization_details_types` (RFC 9396 §10): what the client may ask for, of what the deployment lets clients have.

use super::{Metadata, Policy, refused};
use crate::client::{Client, ClientError};

impl Metadata {
    pub(super) fn apply_scopes(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let types = self.authorization_details_types.as_deref().unwrap_or_default();
        let may = policy.detail_types.iter().filter(|name| types.contains(name));
        client.authorization_details_types = may.cloned().collect();
        let Some(asked) = &self.scope else {
            client.scopes.clone_from(&policy.scopes);
            return Ok(());
        };
        let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
        client.scopes =
            policy.scopes.iter().filter(|scope| asked.contains(&scope.as_str())).cloned().collect();
        if client.scopes.is_empty() && !asked.is_empty() {
            return Err(refused("`scope` names none that a client may have here"));
        }
        Ok(())
    }
}
