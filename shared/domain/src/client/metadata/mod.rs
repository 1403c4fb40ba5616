//! What a client says of itself (RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2), and the rules that it must keep.
//! What we do not know is ignored; what would promise a protection that we do not give is refused.

mod authentication;
mod backchannel;
mod encryption;
mod grants;
mod keys;
mod logout;
mod members;
mod registered;
mod request_objects;
mod response_types;
mod scopes;
mod subjects;
mod texts;
mod tokens;
mod uris;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use encryption::EncryptionMembers;

use super::{
    ApplicationType, AuthMethod, Client, ClientError, Compliance, Consent, ExchangePolicy, GrantType, Links,
    Pkce, ResponseType, TlsMembers,
};
use crate::fetch::Reach;

/// The most members of any list.
const MOST: usize = 50;

/// The metadata, as they come and go.
// Remote: what comes from outside goes through `members` first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[expect(missing_docs, reason = "the names are those of the specifications named above")]
pub struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_token_delivery_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_client_notification_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_user_code_parameter: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_request_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<String>,
    #[serde(flatten)]
    pub encryption: EncryptionMembers,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpop_bound_access_tokens: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    #[serde(flatten)]
    pub tls: TlsMembers,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_acr_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_statement: Option<String>,
    #[serde(flatten)]
    pub links: Links,
    /// Which security profile it keeps: `none`, `oauth21`, `fapi2` or `fapi2_message_signing`.
    #[serde(rename = "latchkey_compliance", skip_serializing_if = "Option::is_none")]
    pub compliance: Option<String>,
    /// Whether requests without PKCE are taken, of a confidential client: `required` or `optional`.
    #[serde(rename = "latchkey_pkce", skip_serializing_if = "Option::is_none")]
    pub pkce: Option<String>,
    /// What access tokens look like: `jwt` or `opaque`.
    #[serde(rename = "latchkey_access_token_format", skip_serializing_if = "Option::is_none")]
    pub access_token_format: Option<String>,
    /// What they are signed with.
    #[serde(rename = "latchkey_access_token_signed_response_alg", skip_serializing_if = "Option::is_none")]
    pub access_token_algorithm: Option<String>,
    /// Whose tokens it may exchange, and for what (RFC 8693).
    #[serde(rename = "latchkey_token_exchange", skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Vec<ExchangePolicy>>,
    /// Whether it shows the steps of a sign-in itself (draft-ietf-oauth-first-party-apps).
    #[serde(rename = "latchkey_challenge", skip_serializing_if = "Option::is_none")]
    pub challenge: Option<bool>,
    /// All others.
    #[serde(flatten, skip_serializing)]
    pub others: Map<String, Value>,
}

/// What a deployment lets clients say of themselves.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether plain http on `localhost` may receive redirects.
    pub localhost: bool,
    /// Where we may be sent to fetch.
    pub reach: Reach,
    /// The scopes that may be asked for: all of them where the metadata name none.
    pub scopes: Vec<String>,
    /// The types of authorization details that may be asked for.
    pub detail_types: Vec<String>,
    /// The grant types that may be asked for.
    pub grant_types: Vec<GrantType>,
    /// The ways to prove who they are that may be asked for.
    pub auth_methods: Vec<AuthMethod>,
    /// Whether confidential clients that do not say must use PKCE.
    pub pkce: Pkce,
    /// Whether a client may say that it belongs to whoever runs the deployment, and shows the steps of a sign-in itself.
    pub challenge: bool,
    /// The response types that may be asked for.
    pub response_types: Vec<ResponseType>,
    /// Whether request objects are fetched from addresses of clients.
    pub request_uris: bool,
    /// Whether clients may leave them unsigned.
    pub unsigned_request_objects: bool,
    /// The hosts, and the schemes with their colon, that redirect URIs may have; any where empty.
    pub redirect_hosts: Vec<String>,
}

impl Policy {
    /// Whether clients can come with certificates at all.
    fn takes_certificates(&self) -> bool {
        self.auth_methods.iter().any(|method| method.needs_certificate())
    }
}

fn refused(detail: impl Into<String>) -> ClientError {
    ClientError::InvalidMetadata(detail.into())
}

impl Metadata {
    /// Makes `client` what the metadata say, all of it (RFC 7592 §2.2: what is left out gets its default).
    ///
    /// # Errors
    /// [`ClientError::InvalidMetadata`] or [`ClientError::InvalidRedirectUri`].
    pub fn apply(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        self.check_texts()?;
        if policy.challenge {
            client.challenge = self.challenge.unwrap_or(false);
        }
        client.consent = if client.challenge { Consent::Implied } else { Consent::Ask };
        client.name = self.client_name.clone().filter(|name| !name.is_empty());
        client.application_type = choose(&self.application_type, "application_type", ApplicationType::find)?
            .unwrap_or(ApplicationType::Web);
        client.compliance =
            choose(&self.compliance, "latchkey_compliance", Compliance::find)?.unwrap_or_default();
        self.apply_authentication(policy, client)?;
        self.apply_keys(policy, client)?;
        self.apply_grants(policy, client)?;
        self.apply_response_types(policy, client)?;
        self.apply_uris(policy, client)?;
        self.apply_logout(policy, client)?;
        self.apply_backchannel(policy, client)?;
        self.apply_subjects(policy, client)?;
        self.apply_scopes(policy, client)?;
        self.apply_tokens(policy, client)?;
        self.apply_request_objects(policy, client)?;
        client.require_pushed = self.require_pushed_authorization_requests.unwrap_or(false);
        self.encryption.apply(client)?;
        client.default_max_age = self.default_max_age;
        client.default_acr_values = self.default_acr_values.clone().unwrap_or_default();
        client.links = self.links.clone();
        client.contacts = self.contacts.clone().unwrap_or_default();
        client.software_id = self.software_id.clone();
        client.software_version = self.software_version.clone();
        client.software_statement = self.software_statement.clone();
        match client.compliance_fault() {
            Some(fault) => {
                Err(refused(format!("`latchkey_compliance` {}: {fault}", client.compliance.name())))
            }
            None => Ok(()),
        }
    }
}

/// The variant that `text` names.
fn choose<T>(
    text: &Option<String>,
    member: &'static str,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ClientError> {
    let chosen = text.as_deref().filter(|text| !text.is_empty()).map(find);
    match chosen {
        Some(None) => Err(refused(format!("`{member}` is not supported"))),
        Some(found) => Ok(found),
        None => Ok(None),
    }
}
