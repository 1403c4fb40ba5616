//! The one name by which a certificate of a trusted issuer is the client's (RFC 8705 §2.1.2).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use x509_cert::ext::pkix::name::GeneralName;

use super::certificate::Certificate;
use super::name;

/// The longest name of any kind but the subject's, in bytes.
const LONGEST: usize = 512;

/// A name in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsIdentity {
    /// The subject (RFC 4514): `CN=client,O=Acme,C=GB`.
    #[serde(rename = "tls_client_auth_subject_dn")]
    SubjectDn(String),
    /// A host name.
    #[serde(rename = "tls_client_auth_san_dns")]
    SanDns(String),
    /// A URI.
    #[serde(rename = "tls_client_auth_san_uri")]
    SanUri(String),
    /// An address.
    #[serde(rename = "tls_client_auth_san_ip")]
    SanIp(IpAddr),
    /// An e-mail address.
    #[serde(rename = "tls_client_auth_san_email")]
    SanEmail(String),
}

impl TlsIdentity {
    /// Whether a certificate can have such a name.
    pub(super) fn is_sound(&self) -> bool {
        let plain = |text: &str| {
            !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        match self {
            Self::SubjectDn(text) => name::parse(text).is_some(),
            Self::SanDns(text) | Self::SanUri(text) => plain(text),
            Self::SanEmail(text) => plain(text) && text.contains('@'),
            Self::SanIp(_) => true,
        }
    }

    /// Whether `certificate` has the name.
    pub(super) fn is_in(&self, certificate: &Certificate) -> bool {
        match self {
            Self::SubjectDn(text) => {
                name::parse(text).is_some_and(|subject| name::is_same(&subject, &certificate.subject))
            }
            Self::SanDns(_) | Self::SanUri(_) | Self::SanIp(_) | Self::SanEmail(_) => {
                certificate.names.iter().any(|name| self.is(name))
            }
        }
    }

    /// Whether `name` is the same (RFC 5280 §7): host names without regard to case, mailboxes with regard to it before the `@` alone,
    /// URIs as they are. A wildcard stands for itself.
    fn is(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::SanDns(own), GeneralName::DnsName(name)) => own.eq_ignore_ascii_case(name.as_str()),
            (Self::SanUri(own), GeneralName::UniformResourceIdentifier(name)) => own == name.as_str(),
            (Self::SanIp(IpAddr::V4(own)), GeneralName::IpAddress(name)) => own.octets() == name.as_bytes(),
            (Self::SanIp(IpAddr::V6(own)), GeneralName::IpAddress(name)) => own.octets() == name.as_bytes(),
            (Self::SanEmail(own), GeneralName::Rfc822Name(name)) => is_same_mailbox(own, name.as_str()),
            (
                Self::SubjectDn(_) | Self::SanDns(_) | Self::SanUri(_) | Self::SanIp(_) | Self::SanEmail(_),
                _,
            ) => false,
        }
    }
}

fn is_same_mailbox(left: &str, right: &str) -> bool {
    match (left.rsplit_once('@'), right.rsplit_once('@')) {
        (Some((left, left_host)), Some((right, right_host))) => {
            left == right && left_host.eq_ignore_ascii_case(right_host)
        }
        (None, _) | (_, None) => false,
    }
}
