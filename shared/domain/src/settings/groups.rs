//! The groups of settings, each with the defaults of a careful deployment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{AssertionIssuer, TrustedIssuer, seconds};
use crate::assurance::Level;
use crate::keys::Algorithm;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Whether strangers may become customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Anybody may sign up.
    #[default]
    Open,
    /// Administrators alone make customers.
    Closed,
}

/// How identifiers are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentitySettings {
    /// The region (ISO 3166-1, `DE`) of phone numbers that are typed without a country code; none: they are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_phone_region: Option<String>,
}

/// Who may register clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// Nobody: the endpoint is not there.
    #[default]
    Closed,
    /// Who holds an initial access token (RFC 7591 §3).
    InitialToken,
    /// Anybody.
    Open,
}

/// Which scopes a registered client may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisteredScopes {
    /// Those of OpenID Connect; scopes of APIs are added by an administrator.
    #[default]
    Identity,
    /// Whatever it asks for.
    Asked,
}

/// Whether somebody whom the deployment trusts must vouch for a client (RFC 7591 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementDemand {
    /// What a software statement says counts, where there is one.
    #[default]
    Optional,
    /// Without one nobody registers.
    Required,
}

/// Dynamic client registration. Empty lists narrow nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationSettings {
    /// Who may register.
    pub mode: RegistrationMode,
    /// What they may have.
    pub scopes: RegisteredScopes,
    /// Whether clients that may have what they ask for may also say whose tokens they exchange: for tests alone, since it lets
    /// anybody turn a customer's token into one of their own.
    pub exchange: bool,
    /// Whether clients may register to show the steps of a sign-in themselves: for tests alone, since customers tell such an application
    /// their passwords, and are not asked what it may have.
    pub challenge: bool,
    /// Whether confidential clients that say nothing of PKCE may do without it, as OpenID Connect Core lets them.
    pub pkce_optional: bool,
    /// The scopes that they may have of those.
    pub allowed_scopes: Vec<String>,
    /// The grant types that they may have of those that `scopes` lets be.
    pub grant_types: Vec<String>,
    /// The hosts of their redirect URIs: `*.` before a name stands for all below it, a scheme ends in a colon.
    pub redirect_hosts: Vec<String>,
    /// Whether they must bring a software statement.
    pub software_statement: StatementDemand,
    /// Whose software statements are trusted.
    pub software_statement_issuers: Vec<TrustedIssuer>,
    /// The most clients that one initial access token may register.
    pub clients_per_token: u32,
}

impl Default for RegistrationSettings {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::default(),
            scopes: RegisteredScopes::default(),
            exchange: false,
            challenge: false,
            pkce_optional: false,
            allowed_scopes: Vec::new(),
            grant_types: Vec::new(),
            redirect_hosts: Vec::new(),
            software_statement: StatementDemand::default(),
            software_statement_issuers: Vec::new(),
            clients_per_token: 100,
        }
    }
}

/// What the protocols offer beyond their core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OAuthSettings {
    /// Whether clients that are registered for it are given tokens in the front channel (OpenID Connect Core §3.2, §3.3). RFC 9700
    /// §2.1.2 advises against it.
    pub hybrid_and_implicit: bool,
    /// How long a pushed authorization request may be referred to (RFC 9126 §2.2).
    #[serde(with = "seconds")]
    pub par_lifetime: Duration,
    /// Whether every client must push its authorization requests (RFC 9126 §5).
    pub require_pushed: bool,
    /// Whether every client must sign its authorization requests (RFC 9101 §10.5).
    pub require_signed_request: bool,
    /// Whether clients may have request objects fetched from addresses that they registered (`request_uris`, OpenID Connect Core §6.2).
    pub request_uri: bool,
    /// Whether clients may register that they do not sign their request objects (`none`): such an object says no more than the parameters.
    pub unsigned_request_objects: bool,
    /// Whether DPoP proofs must have a nonce of ours (RFC 9449 §8), so that none can be made long before its use.
    pub dpop_nonce: bool,
    /// How long the code of a device lives (RFC 8628 §3.2).
    #[serde(with = "seconds")]
    pub device_lifetime: Duration,
    /// Whether clients may come that nobody registered, whose id is the address of a document about them.
    pub client_id_metadata_documents: bool,
    /// How long a customer who is asked elsewhere may take where the client does not say (CIBA Core §7.1).
    #[serde(with = "seconds")]
    pub ciba_lifetime: Duration,
    /// Whose assertions are exchanged for tokens, and taken as `login_hint_token`.
    pub assertion_issuers: Vec<AssertionIssuer>,
    /// Names of the deployment's own for levels of assurance (`acr`): `{ "https://example.com/gold": "urn:latchkey:aal2" }`.
    pub acr: BTreeMap<String, Level>,
    /// Whether a client learns that its hint names nobody who could be asked (CIBA Core §13).
    pub ciba_unknown_users: UnknownUsers,
}

/// What a client is answered whose hint names nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownUsers {
    /// That it does: it has proven who it is, and an administrator trusts it.
    #[default]
    Told,
    /// The same as if somebody were asked, who never answers.
    Hidden,
}

impl Default for OAuthSettings {
    fn default() -> Self {
        Self {
            hybrid_and_implicit: false,
            par_lifetime: Duration::from_secs(90),
            require_pushed: false,
            require_signed_request: false,
            request_uri: false,
            unsigned_request_objects: false,
            dpop_nonce: false,
            device_lifetime: Duration::from_secs(10 * MINUTE),
            client_id_metadata_documents: false,
            ciba_lifetime: Duration::from_secs(10 * MINUTE),
            assertion_issuers: Vec::new(),
            acr: BTreeMap::new(),
            ciba_unknown_users: UnknownUsers::Told,
        }
    }
}

/// Lifetimes of what the token endpoint gives. A client's own setting goes before, up to `longest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenSettings {
    /// Of an authorization code.
    #[serde(with = "seconds")]
    pub code: Duration,
    /// Of an access token.
    #[serde(with = "seconds")]
    pub access: Duration,
    /// Of an ID token.
    #[serde(with = "seconds")]
    pub id: Duration,
    /// The longest that any client may have its access and ID tokens live.
    #[serde(with = "seconds")]
    pub longest: Duration,
    /// Of a refresh token that is not used.
    #[serde(with = "seconds")]
    pub refresh_idle: Duration,
    /// Of a token family, however often it is refreshed.
    #[serde(with = "seconds")]
    pub refresh_absolute: Duration,
    /// The longest that any client may have its families live, and go unused.
    #[serde(with = "seconds")]
    pub refresh_longest: Duration,
    /// So long after its rotation a refresh token may come again: the honest client that lost the response.
    #[serde(with = "seconds")]
    pub refresh_grace: Duration,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            code: Duration::from_secs(MINUTE),
            access: Duration::from_secs(10 * MINUTE),
            id: Duration::from_secs(10 * MINUTE),
            longest: Duration::from_secs(DAY),
            refresh_idle: Duration::from_secs(30 * DAY),
            refresh_absolute: Duration::from_secs(365 * DAY),
            refresh_longest: Duration::from_secs(365 * DAY),
            refresh_grace: Duration::from_secs(10),
        }
    }
}

/// Lifetimes of browser sessions and sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionSettings {
    /// Of a session that is not used.
    #[serde(with = "seconds")]
    pub idle: Duration,
    /// Of a session, however often it is used.
    #[serde(with = "seconds")]
    pub absolute: Duration,
    /// Of a sign-in that was begun.
    #[serde(with = "seconds")]
    pub transaction: Duration,
    /// How fresh a sign-in must be to end other sessions of its customer (OWASP ASVS 5.0 7.5.2).
    #[serde(with = "seconds")]
    pub fresh: Duration,
    /// How long a browser that its owner signed in with is known.
    #[serde(with = "seconds")]
    pub device: Duration,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(7 * DAY),
            absolute: Duration::from_secs(30 * DAY),
            transaction: Duration::from_secs(30 * MINUTE),
            fresh: Duration::from_secs(15 * MINUTE),
            device: Duration::from_secs(180 * DAY),
        }
    }
}

/// Mailed and texted codes, and recovery links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProofSettings {
    /// Of a code.
    #[serde(with = "seconds")]
    pub code: Duration,
    /// How many wrong tries end a code.
    pub attempts: u32,
    /// Of a recovery link.
    #[serde(with = "seconds")]
    pub recovery: Duration,
}

impl Default for ProofSettings {
    fn default() -> Self {
        Self {
            code: Duration::from_secs(10 * MINUTE),
            attempts: 5,
            recovery: Duration::from_secs(30 * MINUTE),
        }
    }
}

/// What a password must be (NIST SP 800-63B-4 §3.1.1): long enough, not common, no rules of composition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordSettings {
    /// The fewest characters, where the password is the only factor.
    pub shortest: usize,
    /// The most characters.
    pub longest: usize,
    /// The lowest score of zxcvbn, 0 to 4.
    pub score: u8,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self { shortest: 15, longest: 256, score: 3 }
    }
}

/// What a password hash costs (Argon2id). Older hashes are made anew at the next sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HashingSettings {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashingSettings {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

/// How much the rate limits allow: each number multiplies the capacity and the refill of every bucket of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitSettings {
    /// Of buckets per caller's address.
    pub per_address: u32,
    /// Of buckets per account.
    pub per_account: u32,
    /// Of buckets per client.
    pub per_client: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { per_address: 1, per_account: 1, per_client: 1 }
    }
}

/// Mutual TLS (RFC 8705).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MutualTlsSettings {
    /// The certificates, as PEM, of the issuers whose certificates `tls_client_auth` takes, where nobody before us checks chains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<String>,
}

/// Which signing keys are published, and when they move on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeySettings {
    /// The algorithms whose keys are published before any client asks for them.
    pub algorithms: Vec<Algorithm>,
    /// So long a key signs.
    #[serde(with = "seconds")]
    pub active: Duration,
    /// So long its successor is published before it signs: longer than anybody caches the key set.
    #[serde(with = "seconds")]
    pub next: Duration,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self {
            algorithms: vec![Algorithm::ES256, Algorithm::RS256],
            active: Duration::from_secs(90 * DAY),
            next: Duration::from_secs(2 * DAY),
        }
    }
}

/// The audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditSettings {
    /// How long a record is kept.
    #[serde(with = "seconds")]
    pub retention: Duration,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { retention: Duration::from_secs(400 * DAY) }
    }
}
