//! The members of a registration that name a client's certificate (RFC 8705 §2.1.2).

use serde::{Deserialize, Serialize};

use super::TlsIdentity;

/// The members, as they come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of RFC 8705")]
pub struct TlsMembers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_subject_dn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_dns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_email: Option<String>,
}

impl TlsMembers {
    /// The one name that they give.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(in crate::client) fn identity(&self) -> Result<TlsIdentity, &'static str> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let address = given(&self.tls_client_auth_san_ip).map(|text| {
            text.parse().map(TlsIdentity::SanIp).map_err(|_| "`tls_client_auth_san_ip` is not an IP address")
        });
        let names = [
            given(&self.tls_client_auth_subject_dn).map(TlsIdentity::SubjectDn),
            given(&self.tls_client_auth_san_dns).map(TlsIdentity::SanDns),
            given(&self.tls_client_auth_san_uri).map(TlsIdentity::SanUri),
            address.transpose()?,
            given(&self.tls_client_auth_san_email).map(TlsIdentity::SanEmail),
        ];
        let mut names = names.into_iter().flatten();
        match (names.next(), names.next()) {
            (Some(name), None) if name.is_sound() => Ok(name),
            (Some(_), None) => Err(
                "the `tls_client_auth_` member is not a name of its kind; a subject is written as RFC 4514 \
                 says: `CN=client,O=Acme`",
            ),
            (None, _) | (Some(_), Some(_)) => {
                Err("`tls_client_auth` needs exactly one of the `tls_client_auth_` members")
            }
        }
    }

    /// What is registered of `identity`.
    pub(in crate::client) fn of(identity: Option<&TlsIdentity>) -> Self {
        let none = Self::default();
        match identity.cloned() {
            None => none,
            Some(TlsIdentity::SubjectDn(name)) => Self { tls_client_auth_subject_dn: Some(name), ..none },
            Some(TlsIdentity::SanDns(name)) => Self { tls_client_auth_san_dns: Some(name), ..none },
            Some(TlsIdentity::SanUri(name)) => Self { tls_client_auth_san_uri: Some(name), ..none },
            Some(TlsIdentity::SanIp(name)) => Self { tls_client_auth_san_ip: Some(name.to_string()), ..none },
            Some(TlsIdentity::SanEmail(name)) => Self { tls_client_auth_san_email: Some(name), ..none },
        }
    }
}
