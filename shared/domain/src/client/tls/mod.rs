//! Mutual TLS as client authentication (RFC 8705 §2): a certificate that proves the client by the issuers that the deployment trusts and
//! a name in it, or one of the client's own making that it has registered. The handshake has proven the private key.

mod binding;
mod certificate;
mod chain;
mod identity;
mod members;
mod name;
mod registered;
#[cfg(test)]
mod tests;

use super::{AuthMethod, Client, ClientError};
use crate::app::App;
use crate::config::Config;
use crate::http::ClientCertificate;
use crate::settings::{self, Settings};

pub use binding::certificate_to_bind;
pub use identity::TlsIdentity;
pub use members::TlsMembers;

use certificate::Certificate;

/// The ways in which clients of this deployment may prove who they are: those that need certificates where it takes some, and those that
/// need trusted issuers where somebody checks chains.
#[must_use]
pub fn offered_methods(config: &Config, settings: &Settings) -> Vec<AuthMethod> {
    let trusts = |checks: bool| checks || !settings.mutual_tls.anchors.is_empty();
    let offered = |method: &AuthMethod| match method {
        AuthMethod::TlsClientAuth => {
            config.mutual_tls.as_ref().is_some_and(|tls| trusts(tls.checks_chains()))
        }
        AuthMethod::SelfSignedTlsClientAuth => config.mutual_tls.is_some(),
        AuthMethod::None
        | AuthMethod::ClientSecretBasic
        | AuthMethod::ClientSecretPost
        | AuthMethod::ClientSecretJwt
        | AuthMethod::PrivateKeyJwt => true,
    };
    AuthMethod::ALL.iter().copied().filter(offered).collect()
}

/// Whatever `der` is, it is read whole or not at all.
#[cfg(any(test, feature = "testing"))]
pub(super) fn fuzz_certificate(der: &[u8]) {
    if let Some(certificate) = Certificate::parse(der) {
        certificate.is_valid(super::fuzz::NOW);
    }
}

/// Whether `presented` proves `client`.
pub(super) async fn check(
    app: &App,
    client: &Client,
    presented: Option<&ClientCertificate>,
) -> Result<bool, ClientError> {
    let Some(presented) = presented else { return Ok(false) };
    let Some(certificate) = Certificate::parse(presented.der()) else { return Ok(false) };
    let now = app.clock.now();
    if !certificate.is_valid(now) {
        return Ok(false);
    }
    match client.auth_method {
        AuthMethod::TlsClientAuth => {
            let named = client.tls.as_ref().is_some_and(|identity| identity.is_in(&certificate));
            Ok(named && chain::is_trusted(&settings::load(app).await?.mutual_tls, presented, now))
        }
        AuthMethod::SelfSignedTlsClientAuth => {
            let keys = super::key_set(app, client).await?;
            Ok(registered::is_registered(&keys, presented, &certificate))
        }
        AuthMethod::None
        | AuthMethod::ClientSecretBasic
        | AuthMethod::ClientSecretPost
        | AuthMethod::ClientSecretJwt
        | AuthMethod::PrivateKeyJwt => Ok(false),
    }
}
