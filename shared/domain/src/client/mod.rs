//! OAuth clients: who may ask for tokens, and how they prove who they are. Registration (RFC 7591, RFC 7592, OpenID Connect Dynamic
//! Client Registration 1.0) checks what a client says of itself.

mod assertion;
mod authenticate;
mod compliance;
mod cors;
mod document;
mod encryption;
mod error;
mod exchange_policy;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
mod kinds;
mod metadata;
mod nested_jwt;
mod outbound;
mod remote_keys;
mod resource;
mod response_type;
mod rotation;
mod secret;
mod sector;
mod signed;
mod signing;
mod single_use;
mod store;
#[cfg(test)]
mod tests;
mod tls;
mod uri;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use assertion::{ASSERTION_MACS, maker_of_assertion};
pub use authenticate::authenticate;
pub use compliance::Compliance;
pub use cors::with_cors;
pub use document::{Origin, is_address, is_document_id, save_document};
pub use encryption::Encryptions;
pub use error::ClientError;
pub use exchange_policy::ExchangePolicy;
pub use kinds::{
    ApplicationType, AuthMethod, Consent, DeliveryMode, ExchangeKind, GrantType, Pkce, ResponseType, Status,
    SubjectType, TokenFormat,
};
pub use metadata::{EncryptionMembers, Metadata, Policy};
pub use nested_jwt::{Seal, encrypt_to, seal};
pub use outbound::{fetch_document, post_notification};
pub use remote_keys::{key_set, key_set_with, keys_of};
pub use resource::is_same_resource;
pub use rotation::{give_secret, secrets, take_secret};
pub use secret::ClientSecret;
pub use sector::check_sector;
pub use signed::verify_request;
pub use signing::publish_algorithms;
pub use single_use::{Once, OnceKind};
pub use store::{create_writes, delete_writes, find, forget, load, replace_writes, save};
pub use tls::{TlsIdentity, TlsMembers, certificate_to_bind, offered_methods};
pub use uri::{RedirectRules, UriFault};

use crate::clock::Timestamp;
use crate::keys::Algorithm;
pub use crate::keys::{ClientKey, KeySet};
use crate::page::{ClientLink, Link};

/// The addresses that a client gives for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its privacy policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Where a sign-in can be started from elsewhere (Core §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
}

/// How a client has customers asked on devices of their own (CIBA Core §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backchannel {
    /// How it learns what they said.
    pub delivery: DeliveryMode,
    /// Where it is told; none for who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// What its requests are signed with; they need not be where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_algorithm: Option<Algorithm>,
}

/// Lifetimes of a client's tokens, in seconds; the deployment's where absent, and never above its longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// Of access tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<u64>,
    /// Of ID tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Of refresh tokens that are not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_idle: Option<u64>,
    /// Of token families.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_absolute: Option<u64>,
}

impl Lifetimes {
    /// The client's own lifetime or the deployment's, at most `longest`.
    #[must_use]
    pub fn choose(own: Option<u64>, default: Duration, longest: Duration) -> Duration {
        own.map_or(default, Duration::from_secs).min(longest)
    }
}

fn code_alone() -> Vec<ResponseType> {
    vec![ResponseType::Code]
}

/// A client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// What customers know it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it may be used.
    pub status: Status,
    /// Where it runs.
    pub application_type: ApplicationType,
    /// Which security profile it keeps.
    #[serde(default)]
    pub compliance: Compliance,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Which algorithm its assertions are signed with; any that we verify where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_algorithm: Option<Algorithm>,
    /// Its secrets, hashed; two may be live at once, so that one can be rotated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<ClientSecret>,
    /// Its public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<KeySet>,
    /// Where it publishes its public keys, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// By which names it knows customers.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// The document that says which addresses belong to its sector, where it has more than one host (OpenID Connect Registration §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// The host that pairwise names are made for; its own id where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// What names its certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsIdentity>,
    /// What it may exchange for tokens.
    pub grant_types: Vec<GrantType>,
    /// What it may have in an answer of the authorization endpoint.
    #[serde(default = "code_alone")]
    pub response_types: Vec<ResponseType>,
    /// Where codes may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where customers may go after signing out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// What browsers load when a customer signs out (Front-Channel Logout 1.0 §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether it needs issuer and session with that. It gets them in any case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frontchannel_logout_session_required: bool,
    /// Where it is told that a session ended (Back-Channel Logout 1.0 §2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it needs the session with that. It gets it in any case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    /// How it has customers asked on devices of their own, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel: Option<Backchannel>,
    /// Origins of its scripts beside those of its redirect URIs (CORS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Of which types it may ask for details (`authorization_details_types`, RFC 9396 §10).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types: Vec<String>,
    /// Whether it must push its authorization requests (RFC 9126 §6).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed: bool,
    /// Whether its requests must use PKCE.
    pub pkce: Pkce,
    /// Whether customers are asked.
    pub consent: Consent,
    /// What its access tokens look like.
    pub access_token_format: TokenFormat,
    /// What its access tokens are signed with.
    pub access_token_algorithm: Algorithm,
    /// What its ID tokens are signed with.
    pub id_token_algorithm: Algorithm,
    /// What answers of the userinfo endpoint are signed with; plain JSON where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_algorithm: Option<Algorithm>,
    /// What answers of the introspection endpoint are signed with; plain JSON where absent, unless a request asks otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_algorithm: Option<Algorithm>,
    /// What is encrypted to it, and what it encrypts to us.
    #[serde(default, skip_serializing_if = "Encryptions::is_empty")]
    pub encryption: Encryptions,
    /// What its request objects are signed with; any algorithm of ours where absent (RFC 9101 §6.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_algorithm: Option<Algorithm>,
    /// Whether it does not sign them (`none`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsigned_request_objects: bool,
    /// Where it has its request objects fetched from (OpenID Connect Registration §2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// Whether it must sign its authorization requests (`require_signed_request_object`, RFC 9101 §10.5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_signed_request: bool,
    /// Whether its access tokens must be bound to a key (`dpop_bound_access_tokens`, RFC 9449 §5.2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dpop_bound: bool,
    /// What answers of the authorization endpoint are signed with that are to be JWTs (JARM §3); RS256 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_algorithm: Option<Algorithm>,
    /// Whether its access tokens must be bound to a certificate (`tls_client_certificate_bound_access_tokens`, RFC 8705 §3.4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certificate_bound: bool,
    /// Whose tokens it may exchange, and for what (RFC 8693).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchange: Vec<ExchangePolicy>,
    /// The API that it is, where it is one: it may introspect tokens that are meant for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Lifetimes of its tokens.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// How old a sign-in may be where a request does not say, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// How sure a sign-in should be where a request does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Its addresses for people.
    #[serde(default)]
    pub links: Links,
    /// Whom to write to about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Which software it is an instance of (RFC 7591 §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// Which version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Whether it may show the steps of a sign-in itself (draft-ietf-oauth-first-party-apps): only for applications that belong to
    /// whoever runs the deployment, since customers tell it their passwords.
    #[serde(default)]
    pub challenge: bool,
    /// What somebody whom the deployment trusts has said of it (RFC 7591 §2.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_statement: Option<String>,
    /// The hash of its registration access token (RFC 7592 §3), where it registered itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_hash: Option<String>,
    /// Where it is known from, if it was not registered: a document at the address that is its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Origin>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Client {
    /// A client of whoever runs the deployment: public, code flow with PKCE and refresh tokens. Change what is to be different.
    #[must_use]
    pub fn new(id: impl Into<String>, now: Timestamp) -> Self {
        Self {
            id: id.into(),
            name: None,
            status: Status::Active,
            application_type: ApplicationType::Web,
            compliance: Compliance::None,
            auth_method: AuthMethod::None,
            auth_algorithm: None,
            secrets: Vec::new(),
            jwks: None,
            jwks_uri: None,
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            sector: None,
            tls: None,
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            response_types: code_alone(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            backchannel: None,
            origins: Vec::new(),
            scopes: Vec::new(),
            authorization_details_types: Vec::new(),
            require_pushed: false,
            pkce: Pkce::Required,
            consent: Consent::Implied,
            access_token_format: TokenFormat::Jwt,
            access_token_algorithm: Algorithm::ES256,
            id_token_algorithm: Algorithm::ES256,
            userinfo_algorithm: None,
            introspection_algorithm: None,
            encryption: Encryptions::default(),
            request_object_algorithm: None,
            unsigned_request_objects: false,
            request_uris: Vec::new(),
            require_signed_request: false,
            dpop_bound: false,
            authorization_algorithm: None,
            certificate_bound: false,
            exchange: Vec::new(),
            resource: None,
            lifetimes: Lifetimes::default(),
            default_max_age: None,
            default_acr_values: Vec::new(),
            links: Links::default(),
            contacts: Vec::new(),
            software_id: None,
            software_version: None,
            challenge: false,
            software_statement: None,
            registration_hash: None,
            document: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether it may exchange `grant` for tokens.
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether it may ask for `scope`.
    #[must_use]
    pub fn may_ask_for(&self, scope: &str) -> bool {
        self.scopes.iter().any(|one| one == scope)
    }

    /// What customers know it by; its id where it gave no name.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

impl From<&Client> for ClientLink {
    fn from(client: &Client) -> Self {
        let uri = client.links.client_uri.as_deref().and_then(Link::parse);
        Self { name: client.display_name().to_owned(), uri }
    }
}
