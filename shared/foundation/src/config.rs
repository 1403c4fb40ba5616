//! What the environment says, read once at cold start. A missing or wrong setting stops the start with a clear message.

mod mutual_tls;
mod proxy;

use std::collections::HashMap;

use url::Url;

use crate::fetch::Reach;

pub use mutual_tls::{CertificateSource, MutualTls};
pub use proxy::{OriginSecret, OriginSecrets, Proxy, ProxyKind};

/// The names of the DynamoDB tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Users and their identifiers.
    pub identities: String,
    /// Password hashes and other authenticators.
    pub credentials: String,
    /// Everything that expires: sessions, codes, grants, rate buckets.
    pub sessions: String,
    /// Clients, flows, settings, wrapped keys.
    pub config: String,
    /// What happened.
    pub audit: String,
    /// Events on their way.
    pub outbox: String,
}

/// The configuration of one deployment.
#[derive(Clone, Debug)]
pub struct Config {
    /// The issuer identifier (OpenID Connect Core §2), without a trailing slash.
    pub issuer: String,
    /// The issuer as a URL.
    pub issuer_url: Url,
    /// Table names.
    pub tables: Tables,
    /// The KMS key that wraps the data keys: an id, ARN or alias.
    pub kms_key: String,
    /// URL of the queue of events; empty, as those that follow, in functions that do not use it.
    pub queue_events: String,
    /// URL of the queue of messages.
    pub queue_messages: String,
    /// URL of the queue of clients to be told that a session ended.
    pub queue_logouts: String,
    /// URL of the queue of clients that wait for a customer.
    pub queue_notifications: String,
    /// The sender of e-mails; empty in functions that send none.
    pub mail_from: String,
    /// The sender of text messages, where the country allows one.
    pub sms_sender: Option<String>,
    /// A short tag of the region, part of every handle, so that a second region can send it home.
    pub region_tag: String,
    /// The name that pages and messages show.
    pub brand_name: String,
    /// Whom the seed invites as first administrator.
    pub admin_email: Option<String>,
    /// Where addresses that clients name may send us.
    pub reach: Reach,
    /// What is before us; nothing where absent, and the gateway sees callers itself.
    pub proxy: Option<Proxy>,
    /// How certificates of clients are taken; not at all where absent.
    pub mutual_tls: Option<MutualTls>,
    /// The AWS region.
    pub aws_region: String,
}

/// A setting that is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not set.
    #[error("the environment variable `{0}` is missing")]
    Missing(&'static str),
    /// It does not say what it should.
    #[error("the environment variable `{name}` is wrong: {reason}")]
    Wrong {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// When a variable is missing or malformed.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_variables(&std::env::vars().collect())
    }

    /// Reads `variables`.
    ///
    /// # Errors
    /// When a variable is missing or malformed.
    pub fn from_variables(variables: &HashMap<String, String>) -> Result<Self, ConfigError> {
        let optional = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let required = |name: &'static str| optional(name).ok_or(ConfigError::Missing(name));
        // What few functions need, the template gives to those alone.
        let or_empty = |name: &str| optional(name).unwrap_or_default();
        let issuer = required("LATCHKEY_ISSUER")?;
        let issuer_url = check_issuer(&issuer)
            .map_err(|reason| ConfigError::Wrong { name: "LATCHKEY_ISSUER", reason: reason.to_owned() })?;
        let proxy = Proxy::read(optional)?;
        Ok(Self {
            issuer,
            issuer_url,
            tables: Tables {
                identities: required("LATCHKEY_TABLE_IDENTITIES")?,
                credentials: required("LATCHKEY_TABLE_CREDENTIALS")?,
                sessions: required("LATCHKEY_TABLE_SESSIONS")?,
                config: required("LATCHKEY_TABLE_CONFIG")?,
                audit: required("LATCHKEY_TABLE_AUDIT")?,
                outbox: required("LATCHKEY_TABLE_OUTBOX")?,
            },
            kms_key: required("LATCHKEY_KMS_KEY")?,
            queue_events: or_empty("LATCHKEY_QUEUE_EVENTS"),
            queue_messages: or_empty("LATCHKEY_QUEUE_MESSAGES"),
            queue_logouts: or_empty("LATCHKEY_QUEUE_LOGOUTS"),
            queue_notifications: or_empty("LATCHKEY_QUEUE_NOTIFICATIONS"),
            mail_from: or_empty("LATCHKEY_MAIL_FROM"),
            sms_sender: optional("LATCHKEY_SMS_SENDER"),
            region_tag: region_tag(optional("LATCHKEY_REGION_TAG"))?,
            brand_name: optional("LATCHKEY_BRAND_NAME").unwrap_or_else(|| "Latchkey".to_owned()),
            admin_email: optional("LATCHKEY_ADMIN_EMAIL"),
            mutual_tls: MutualTls::read(optional, proxy.as_ref())?,
            proxy,
            reach: reach(optional("LATCHKEY_REACH"))?,
            aws_region: required("AWS_REGION")?,
        })
    }

    /// The absolute URL of a path of ours.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// The absolute URLs of a path of ours: the issuer's, and that for clients that come with certificates (RFC 8705 §5).
    #[must_use]
    pub fn urls(&self, path: &str) -> Vec<String> {
        let alias = self.mutual_tls.as_ref().and_then(|tls| tls.origin.as_deref());
        let alias = alias.map(|origin| format!("{origin}{path}"));
        [self.url(path)].into_iter().chain(alias).collect()
    }

    /// Whether browsers reach us over TLS: then cookies are `Secure` with the `__Host-` prefix, and HSTS is sent.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.issuer_url.scheme() == "https"
    }
}

/// RFC 8414 §2: https, no query, no fragment; plain http for a loopback host alone.
fn check_issuer(issuer: &str) -> Result<Url, &'static str> {
    let url = Url::parse(issuer).map_err(|_| "it is not an absolute URL")?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err("it must be an https URL (http only on localhost)"),
    }
    if issuer.ends_with('/') || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("it must be an origin, without path, query, fragment or trailing slash");
    }
    Ok(url)
}

/// No template has it: this machine is reached by the local host alone.
fn reach(text: Option<String>) -> Result<Reach, ConfigError> {
    match text.as_deref() {
        None | Some("public") => Ok(Reach::Public),
        Some("local") => Ok(Reach::PublicAndLocal),
        Some(_) => {
            let reason = "it must be public or local".to_owned();
            Err(ConfigError::Wrong { name: "LATCHKEY_REACH", reason })
        }
    }
}

/// The tag stands between underscores in every handle, so it is plain.
fn region_tag(text: Option<String>) -> Result<String, ConfigError> {
    let tag = text.unwrap_or_else(|| "r1".to_owned());
    let plain = tag.len() <= 16 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let reason = || "it must be at most 16 lower-case letters and digits".to_owned();
    if plain { Ok(tag) } else { Err(ConfigError::Wrong { name: "LATCHKEY_REGION_TAG", reason: reason() }) }
}
