//! `grant_types` (RFC 7591 §2).

use super::{Metadata, Policy, refused};
use crate::client::{Client, ClientError, ExchangePolicy, GrantType};

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
        let proving =
            [GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::Ciba, GrantType::JwtBearer];
        if let Some(grant) = proving.into_iter().find(|grant| grants.contains(grant))
            && client.auth_method.is_public()
        {
            let name = grant.name();
            return Err(refused(format!("`{name}` is for clients that prove who they are")));
        }
        let exchange = self.exchange.as_deref().filter(|_| grants.contains(&GrantType::TokenExchange));
        client.exchange = exchange.unwrap_or_default().to_vec();
        ExchangePolicy::check_all(&client.exchange)?;
        client.grant_types = grants;
        Ok(())
    }
}
