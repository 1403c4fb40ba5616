//! `response_types`, which must go with the grant types (OpenID Connect Registration §2).

use super::{Metadata, Policy, refused};
use crate::client::{Client, ClientError, GrantType, ResponseType};

impl Metadata {
    /// Response types that we do not know or may not give are left out, as grant types are.
    pub(super) fn apply_response_types(
        &self,
        policy: &Policy,
        client: &mut Client,
    ) -> Result<(), ClientError> {
        let default = vec![ResponseType::Code.name().to_owned()];
        let asked = self.response_types.as_ref().filter(|asked| !asked.is_empty()).unwrap_or(&default);
        let mut types: Vec<ResponseType> = Vec::new();
        for one in asked.iter().filter_map(|name| ResponseType::parse(name)) {
            let goes = one.goes_with(&client.grant_types);
            if !goes && !one.is_code_alone() && policy.response_types.contains(&one) {
                let name = one.name();
                return Err(refused(format!("`response_types`: `{name}` needs other `grant_types` as well")));
            }
            if goes && policy.response_types.contains(&one) && !types.contains(&one) {
                types.push(one);
            }
        }
        if client.may_use(GrantType::AuthorizationCode) && !types.iter().any(|one| one.has_code()) {
            return Err(refused("`response_types` must contain code"));
        }
        if types.iter().all(|one| one.is_code_alone()) {
            client.grant_types.retain(|grant| *grant != GrantType::Implicit);
        }
        if client.grant_types.is_empty() {
            return Err(refused("`response_types` names none that a client may have here"));
        }
        client.response_types = types;
        Ok(())
    }
}
