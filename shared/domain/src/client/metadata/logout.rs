//! Where a client learns that its customer signed out: in the browser (Front-Channel Logout 1.0 §2), or from server to server
//! (Back-Channel Logout 1.0 §2.2).

use super::{Metadata, Policy, refused};
use crate::client::uri::check_frame;
use crate::client::{Client, ClientError};
use crate::fetch;

impl Metadata {
    pub(super) fn apply_logout(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        if let Some(uri) = &self.frontchannel_logout_uri {
            check_frame(uri, client)
                .map_err(|fault| refused(format!("`frontchannel_logout_uri`: {fault}")))?;
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            fetch::check(uri, policy.reach)
                .map_err(|fault| refused(format!("`backchannel_logout_uri`: {fault}")))?;
        }
        client.frontchannel_logout_uri.clone_from(&self.frontchannel_logout_uri);
        client.frontchannel_logout_session_required =
            self.frontchannel_logout_session_required.unwrap_or_default();
        client.backchannel_logout_uri.clone_from(&self.backchannel_logout_uri);
        client.backchannel_logout_session_required =
            self.backchannel_logout_session_required.unwrap_or_default();
        Ok(())
    }
}
