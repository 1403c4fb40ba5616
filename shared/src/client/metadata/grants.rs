//! `grant_types` and `response_types`, which must go together (RFC 7591 §2.1).

use super::{Metadata, Policy, refused};
use crate::client::{Client, ClientError, GrantType};

impl Metadata {
    /// Grant types that we do not know or may not give are left out (RFC 7591 §2: the server may replace what was asked for).
    pub(super) fn apply_grants(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let default = vec![GrantType::AuthorizationCode.name().to_owned()];
        let asked = self.grant_types.as_ref().filter(|asked| !asked.is_empty()).unwrap_or(&default);
        let mut grants: Vec<GrantType> = Vec::new();
        for grant in asked.iter().filter_map(|name| GrantType::find(name)) {
            if policy.grant_types.contains(&grant) && !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        if grants.is_empty() {
            return Err(refused("`grant_types` names none that a client may have here"));
        }
        if client.auth_method.is_public() && grants.contains(&GrantType::ClientCredentials) {
            return Err(refused("`client_credentials` is for clients that prove who they are"));
        }
        if client.auth_method.is_public() && grants.contains(&GrantType::Ciba) {
            return Err(refused(
                "`urn:openid:params:grant-type:ciba` is for clients that prove who they are",
            ));
        }
        let codes = grants.contains(&GrantType::AuthorizationCode);
        let types = self.response_types.as_ref().filter(|types| !types.is_empty());
        if codes && types.is_some_and(|types| !types.iter().any(|one| one == "code")) {
            return Err(refused("`response_types` must contain code"));
        }
        client.grant_types = grants;
        Ok(())
    }
}
