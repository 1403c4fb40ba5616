//! Which answers are encrypted to the client, and how it encrypts its request objects (OpenID Connect Registration §2, RFC 9701 §6).

use serde::{Deserialize, Serialize};

use super::{choose, refused};
use crate::client::{Client, ClientError, Encryptions};
use crate::keys::jwe::{ContentEncryption, Encryption, KeyManagement};

/// The members of the metadata: an `alg`, and an `enc` that is nothing without it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the specifications named above")]
pub struct EncryptionMembers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_enc: Option<String>,
}

impl EncryptionMembers {
    /// Takes them over. The keys of `client` are known already: there must be one for whatever is to be encrypted to it, as far
    /// as they are known by value.
    pub(super) fn apply(&self, client: &mut Client) -> Result<(), ClientError> {
        client.encryption = Encryptions {
            id_token: pair(
                ("id_token_encrypted_response_alg", &self.id_token_encrypted_response_alg),
                ("id_token_encrypted_response_enc", &self.id_token_encrypted_response_enc),
            )?,
            userinfo: pair(
                ("userinfo_encrypted_response_alg", &self.userinfo_encrypted_response_alg),
                ("userinfo_encrypted_response_enc", &self.userinfo_encrypted_response_enc),
            )?,
            introspection: pair(
                ("introspection_encrypted_response_alg", &self.introspection_encrypted_response_alg),
                ("introspection_encrypted_response_enc", &self.introspection_encrypted_response_enc),
            )?,
            authorization: pair(
                ("authorization_encrypted_response_alg", &self.authorization_encrypted_response_alg),
                ("authorization_encrypted_response_enc", &self.authorization_encrypted_response_enc),
            )?,
            request_object: pair(
                ("request_object_encryption_alg", &self.request_object_encryption_alg),
                ("request_object_encryption_enc", &self.request_object_encryption_enc),
            )?,
        };
        let keys = client.jwks.as_ref();
        let by_value = |alg: KeyManagement| keys.is_some_and(|keys| keys.recipient(alg).is_some());
        let reached = |alg: KeyManagement| client.jwks_uri.is_some() || by_value(alg);
        match client.encryption.to_client().find(|encryption| !reached(encryption.alg)) {
            Some(Encryption { alg, .. }) => {
                Err(refused(format!("`jwks` has no key that could be encrypted to with {}", alg.name())))
            }
            None => Ok(()),
        }
    }

    /// What is registered of `client`.
    pub(super) fn of(client: &Client) -> Self {
        let Encryptions { id_token, userinfo, introspection, authorization, request_object } =
            client.encryption;
        Self {
            id_token_encrypted_response_alg: alg(id_token),
            id_token_encrypted_response_enc: enc(id_token),
            userinfo_encrypted_response_alg: alg(userinfo),
            userinfo_encrypted_response_enc: enc(userinfo),
            introspection_encrypted_response_alg: alg(introspection),
            introspection_encrypted_response_enc: enc(introspection),
            authorization_encrypted_response_alg: alg(authorization),
            authorization_encrypted_response_enc: enc(authorization),
            request_object_encryption_alg: alg(request_object),
            request_object_encryption_enc: enc(request_object),
        }
    }
}

type Member<'a> = (&'static str, &'a Option<String>);

fn pair((alg_name, alg): Member<'_>, (enc_name, enc): Member<'_>) -> Result<Option<Encryption>, ClientError> {
    let alg = choose(alg, alg_name, KeyManagement::find)?;
    let enc = choose(enc, enc_name, ContentEncryption::find)?;
    match (alg, enc) {
        (Some(alg), Some(enc)) => Ok(Some(Encryption { alg, enc })),
        (Some(alg), None) => Ok(Some(Encryption::with(alg))),
        (None, Some(_)) => Err(refused(format!("`{enc_name}` needs `{alg_name}`"))),
        (None, None) => Ok(None),
    }
}

fn alg(encryption: Option<Encryption>) -> Option<String> {
    encryption.map(|encryption| encryption.alg.name().to_owned())
}

fn enc(encryption: Option<Encryption>) -> Option<String> {
    encryption.map(|encryption| encryption.enc.name().to_owned())
}
