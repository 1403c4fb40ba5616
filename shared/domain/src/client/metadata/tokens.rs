//! What the client's tokens look like and are signed with, and whether its requests must use PKCE.

use super::{Metadata, Policy, choose, refused};
use crate::client::{Client, ClientError, Pkce, TokenFormat};
use crate::keys::Algorithm;

impl Metadata {
    pub(super) fn apply_tokens(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let algorithm = |text, name| choose(text, name, Algorithm::find);
        // Dynamic Client Registration 1.0 §2 names this default; libraries count on it.
        client.id_token_algorithm =
            algorithm(&self.id_token_signed_response_alg, "id_token_signed_response_alg")?
                .unwrap_or(client.compliance.default_algorithm());
        client.userinfo_algorithm =
            algorithm(&self.userinfo_signed_response_alg, "userinfo_signed_response_alg")?;
        client.authorization_algorithm =
            algorithm(&self.authorization_signed_response_alg, "authorization_signed_response_alg")?;
        client.introspection_algorithm =
            algorithm(&self.introspection_signed_response_alg, "introspection_signed_response_alg")?;
        let name = "latchkey_access_token_signed_response_alg";
        client.access_token_algorithm = algorithm(&self.access_token_algorithm, name)?.unwrap_or_default();
        let format = choose(&self.access_token_format, "latchkey_access_token_format", TokenFormat::find)?;
        client.access_token_format = format.unwrap_or(TokenFormat::Jwt);
        client.dpop_bound = self.dpop_bound_access_tokens.unwrap_or(false);
        client.certificate_bound = self.tls_client_certificate_bound_access_tokens.unwrap_or(false);
        if client.certificate_bound && !policy.takes_certificates() {
            return Err(refused(
                "`tls_client_certificate_bound_access_tokens`: no certificates are taken here",
            ));
        }
        let default = if client.is_held_to_pkce() { Pkce::Required } else { policy.pkce };
        client.pkce = choose(&self.pkce, "latchkey_pkce", Pkce::find)?.unwrap_or(default);
        if client.is_held_to_pkce() && client.pkce == Pkce::Optional {
            return Err(refused(
                "`latchkey_pkce` must be required of a public client, and of one with a profile",
            ));
        }
        Ok(())
    }
}
