//! How the client's request objects are made, and where they are fetched from (OpenID Connect Registration §2, RFC 9101 §10.5).

use super::keys::check_verifies;
use super::{MOST, Metadata, Policy, choose, refused};
use crate::client::{Client, ClientError};
use crate::fetch;
use crate::keys::Algorithm;

/// What an unsigned JWT says of itself (RFC 7518 §3.6).
const UNSIGNED: &str = "none";
/// The longest reference, in bytes (OpenID Connect Core §6.2).
const LONGEST: usize = 512;

impl Metadata {
    pub(super) fn apply_request_objects(
        &self,
        policy: &Policy,
        client: &mut Client,
    ) -> Result<(), ClientError> {
        const ALGORITHM: &str = "request_object_signing_alg";
        client.require_signed_request = self.require_signed_request_object.unwrap_or(false);
        if client.must_sign_requests() {
            check_verifies(client, "require_signed_request_object")?;
        }
        client.unsigned_request_objects = self.request_object_signing_alg.as_deref() == Some(UNSIGNED);
        client.request_object_algorithm = if client.unsigned_request_objects {
            let may = policy.unsigned_request_objects && !client.must_sign_requests();
            if !may || client.compliance.is_fapi2() {
                return Err(refused(format!("`{ALGORITHM}`: the client must sign its request objects")));
            }
            None
        } else {
            choose(&self.request_object_signing_alg, ALGORITHM, Algorithm::find)?
        };
        let uris = self.request_uris.as_deref().filter(|_| policy.request_uris).unwrap_or_default();
        if uris.len() > MOST {
            return Err(refused(format!("more than {MOST} addresses")));
        }
        for (at, uri) in uris.iter().enumerate() {
            let wrong = |fault: &str| refused(format!("`request_uris[{at}]`: {fault}"));
            if uri.len() > LONGEST {
                return Err(wrong("it is longer than 512 bytes"));
            }
            let address = uri.split('#').next().unwrap_or_default();
            fetch::check(address, policy.reach).map_err(|fault| wrong(&fault.to_string()))?;
        }
        client.request_uris = uris.to_vec();
        Ok(())
    }
}

impl Client {
    /// Whether it has registered `uri` as a reference to its request objects: exactly, or but for the fragment, which is the hash of the
    /// object of the moment (OpenID Connect Core §6.2).
    #[must_use]
    pub fn may_refer_to(&self, uri: &str) -> bool {
        let address = uri.split('#').next().unwrap_or_default();
        self.request_uris.iter().any(|registered| registered == uri || registered == address)
    }
}
