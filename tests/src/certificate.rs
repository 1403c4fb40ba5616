//! Certificates of clients, and the authorities that issue them.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use shared::http::{Chain, ClientCertificate};
use time::OffsetDateTime;

use crate::world::START;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Who issues certificates to clients.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// One of this name.
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for `CN=<name>` with these host names, good for a day from the start of every test. Nobody has checked it yet.
    pub fn issue(&self, name: &str, hosts: &[&str]) -> ClientCertificate {
        let certificate = named(name, hosts).signed_by(&KeyPair::generate().unwrap(), &self.0).unwrap();
        ClientCertificate::new(certificate.der().to_vec(), Chain::Unchecked).unwrap()
    }

    /// Its own certificate, as PEM.
    pub fn pem(&self) -> String {
        let body = STANDARD.encode(self.0.der());
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }
}

/// A certificate that a client made itself.
pub fn self_signed(name: &str) -> ClientCertificate {
    let certificate = named(name, &[]).self_signed(&KeyPair::generate().unwrap()).unwrap();
    ClientCertificate::new(certificate.der().to_vec(), Chain::Unchecked).unwrap()
}

fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let start = OffsetDateTime::from_unix_timestamp(START.0).unwrap();
    (params.not_before, params.not_after) = (start - DAY, start + DAY);
    params
}
