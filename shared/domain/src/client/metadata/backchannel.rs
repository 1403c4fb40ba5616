//! How a client learns what its customer said who was asked on a device of their own (CIBA Core §4).

use super::keys::check_verifies;
use super::{Metadata, Policy, choose, refused};
use crate::client::{Backchannel, Client, ClientError, DeliveryMode, GrantType};
use crate::fetch;
use crate::keys::Algorithm;

impl Metadata {
    pub(super) fn apply_backchannel(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        client.backchannel = match client.may_use(GrantType::Ciba) {
            true => Some(self.backchannel(policy, client)?),
            false => None,
        };
        Ok(())
    }

    fn backchannel(&self, policy: &Policy, client: &Client) -> Result<Backchannel, ClientError> {
        const MODE: &str = "backchannel_token_delivery_mode";
        const ENDPOINT: &str = "backchannel_client_notification_endpoint";
        let delivery = choose(&self.backchannel_token_delivery_mode, MODE, DeliveryMode::find)?
            .ok_or_else(|| refused(format!("`{MODE}` is missing")))?;
        if self.backchannel_user_code_parameter == Some(true) {
            return Err(refused("`backchannel_user_code_parameter` is not supported"));
        }
        let notification_endpoint = match (delivery, &self.backchannel_client_notification_endpoint) {
            (DeliveryMode::Poll, _) => None,
            (DeliveryMode::Ping | DeliveryMode::Push, None) => {
                return Err(refused(format!("`{ENDPOINT}` is missing")));
            }
            (DeliveryMode::Ping | DeliveryMode::Push, Some(uri)) => {
                fetch::check(uri, policy.reach).map_err(|fault| refused(format!("`{ENDPOINT}`: {fault}")))?;
                Some(uri.clone())
            }
        };
        let bound = [
            ("dpop_bound_access_tokens", self.dpop_bound_access_tokens),
            ("tls_client_certificate_bound_access_tokens", self.tls_client_certificate_bound_access_tokens),
        ];
        if let Some((name, _)) = bound.into_iter().find(|(_, bound)| *bound == Some(true))
            && delivery == DeliveryMode::Push
        {
            return Err(refused(format!("tokens that are pushed cannot be bound by `{name}`")));
        }
        const ALGORITHM: &str = "backchannel_authentication_request_signing_alg";
        let request_algorithm =
            choose(&self.backchannel_authentication_request_signing_alg, ALGORITHM, Algorithm::find_theirs)?;
        if request_algorithm.is_some() {
            check_verifies(client, ALGORITHM)?;
        }
        Ok(Backchannel { delivery, notification_endpoint, request_algorithm })
    }
}
