//! The platform's settings: one item in `config`, typed, with secure defaults in code. What is absent from the item has its default.

mod groups;
mod issuers;
mod seconds;
#[cfg(test)]
mod tests;

pub use groups::{
    AuditSettings, HashingSettings, IdentitySettings, KeySettings, LimitSettings, MutualTlsSettings,
    OAuthSettings, PasswordSettings, ProofSettings, RegisteredScopes, RegistrationMode, RegistrationSettings,
    SessionSettings, SignUp, StatementDemand, TokenSettings, UnknownUsers,
};
pub use issuers::{AssertionIssuer, AssertionPurpose, SubjectKind, TrustedIssuer};

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::store::{self, Cached, Entity, Key, StoreError, Table, Write};

/// How long a process keeps the settings before it reads them again.
const CACHE: Duration = Duration::from_secs(30);

/// What administrators set for the whole deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether strangers may become customers.
    pub sign_up: SignUp,
    /// How identifiers are read.
    pub identity: IdentitySettings,
    /// Dynamic client registration (RFC 7591).
    pub registration: RegistrationSettings,
    /// Whether plain http on `localhost` (beside the loopback addresses of RFC 8252 §7.3) may receive redirects, of every client: for
    /// development. Whether we fetch from it is no setting, but the host's (`Config::reach`).
    pub localhost_redirects: bool,
    /// What the protocols offer beyond their core.
    pub oauth: OAuthSettings,
    /// Lifetimes of what the token endpoint gives.
    pub tokens: TokenSettings,
    /// Lifetimes of browser sessions and sign-ins.
    pub sessions: SessionSettings,
    /// Mailed and texted codes, and recovery links.
    pub proofs: ProofSettings,
    /// What a password must be.
    pub passwords: PasswordSettings,
    /// What a password hash costs.
    pub hashing: HashingSettings,
    /// How much the rate limits allow.
    pub limits: LimitSettings,
    /// Mutual TLS.
    pub mutual_tls: MutualTlsSettings,
    /// When signing keys move on.
    pub keys: KeySettings,
    /// The audit log.
    pub audit: AuditSettings,
}

impl Settings {
    /// How long a retired signing key stays published: until the last token that it signed has expired, and as long as the
    /// session behind an ID token may still be named by it (`id_token_hint`).
    #[must_use]
    pub fn keep_retired_keys(&self) -> Duration {
        self.tokens.longest.max(self.sessions.absolute)
    }
}

impl Entity for Settings {
    const TYPE: &'static str = "settings";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        key()
    }
}

fn key() -> Key {
    Key::new("settings", "settings")
}

#[derive(Default)]
struct Slot(Cached<Settings>);

/// The settings, at most half a minute old; the defaults where nothing was ever set.
///
/// # Errors
/// When the store does not answer.
pub async fn load(app: &App) -> Result<Arc<Settings>, StoreError> {
    let slot = app.slot::<Slot>();
    slot.0
        .get_or_load(&app.clock, CACHE, async |_| {
            let stored = store::get::<Settings>(app, key()).await?;
            Ok(stored.map(|stored| stored.entity).unwrap_or_default())
        })
        .await
}

/// Writes `settings` over the present ones; this process uses them at once.
///
/// # Errors
/// When the store does not answer.
pub async fn save(app: &App, settings: &Settings) -> Result<(), StoreError> {
    store::write(app, Write::put(settings)).await?;
    app.slot::<Slot>().0.forget();
    Ok(())
}

/// Writes `settings` if none were ever written.
///
/// # Errors
/// When the store does not answer.
pub async fn seed(app: &App, settings: &Settings) -> Result<(), StoreError> {
    match store::write(app, Write::create(settings)).await {
        Err(error) if error.is_refused() => Ok(()),
        other => other.map(|()| app.slot::<Slot>().0.forget()),
    }
}
