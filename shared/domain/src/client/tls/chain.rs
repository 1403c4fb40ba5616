//! Whether a certificate comes of an issuer that the deployment trusts (RFC 5280 §6): whoever ended the TLS connection has checked it, or
//! it is checked here.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::clock::Timestamp;
use crate::http::{Chain, ClientCertificate};
use crate::settings::MutualTlsSettings;

/// Whether the chain of `presented` leads to a trusted issuer at `now`.
pub(super) fn is_trusted(
    settings: &MutualTlsSettings,
    presented: &ClientCertificate,
    now: Timestamp,
) -> bool {
    match presented.chain() {
        Chain::Checked => true,
        Chain::Unchecked => leads_to_anchor(settings, presented, now).is_some(),
    }
}

fn leads_to_anchor(
    settings: &MutualTlsSettings,
    presented: &ClientCertificate,
    now: Timestamp,
) -> Option<()> {
    let trusted: Vec<ClientCertificate> =
        settings.anchors.iter().filter_map(|pem| ClientCertificate::of_pem(pem, Chain::Checked)).collect();
    let trusted: Vec<CertificateDer<'_>> =
        trusted.iter().map(|anchor| CertificateDer::from(anchor.der())).collect();
    let anchors: Vec<_> = trusted.iter().filter_map(|anchor| anchor_from_trusted_cert(anchor).ok()).collect();
    let issuers: Vec<CertificateDer<'_>> =
        presented.issuers().iter().map(|der| CertificateDer::from(der.as_ref())).collect();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.0).ok()?));
    let leaf = CertificateDer::from(presented.der());
    let leaf = EndEntityCert::try_from(&leaf).ok()?;
    let usage = KeyUsage::client_auth();
    leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &issuers, time, usage, None, None).map(|_| ()).ok()
}
