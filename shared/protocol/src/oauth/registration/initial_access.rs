//! Initial access tokens (RFC 7591 §3): the right to register, for some clients and some time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::keys::{Handle, HandleKind};
use crate::oauth::OAuthError;
use crate::secret::Secret;
use crate::settings::{self, RegistrationMode, Settings};
use crate::store::{self, Condition, Entity, Key, Table, Update, Write};

/// The longest that such a right may last.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// A right to register so many clients (RFC 7591 §3): `initial_access#<hash>`.
#[derive(Serialize, Deserialize)]
struct InitialAccess {
    hash: String,
    uses_left: u32,
    expires_at: Timestamp,
}

impl InitialAccess {
    fn key_of(hash: &str) -> Key {
        Key::new(format!("initial_access#{hash}"), "initial_access")
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.uses_left > 0 && now < self.expires_at
    }
}

impl Entity for InitialAccess {
    const TYPE: &'static str = "initial_access";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Self::key_of(&self.hash)
    }
}

/// Gives out the right to register `uses` clients within `lifetime`.
///
/// # Errors
/// [`OAuthError::InvalidRequest`] where that is more than the settings allow, or a fault of ours.
pub async fn issue_initial_access(
    app: &App,
    uses: u32,
    lifetime: Duration,
) -> Result<Secret<String>, OAuthError> {
    let most = settings::load(app).await?.registration.clients_per_token;
    if uses == 0 || uses > most {
        return Err(OAuthError::InvalidRequest(format!("`uses` must be from 1 to {most}").into()));
    }
    if lifetime.is_zero() || lifetime > LONGEST {
        return Err(OAuthError::InvalidRequest("`lifetime` must be from a second to 400 days".into()));
    }
    let handle = Handle::new(app, HandleKind::InitialAccess);
    let expires_at = app.clock.now().plus(lifetime);
    store::write(app, Write::create(&InitialAccess { hash: handle.hash(), uses_left: uses, expires_at }))
        .await?;
    Ok(Secret::new(handle.expose().to_owned()))
}

/// The write that uses up one registration of the initial access token, where one is asked for. A token that would not do is told at once:
/// nobody has documents of theirs read with it.
pub(super) async fn spend_right(
    app: &App,
    settings: &Settings,
    bearer: Option<&str>,
) -> Result<Option<Write>, OAuthError> {
    match settings.registration.mode {
        RegistrationMode::Closed => Err(OAuthError::RegistrationClosed),
        RegistrationMode::Open => Ok(None),
        RegistrationMode::InitialToken => {
            let handle = bearer.and_then(|text| Handle::parse(HandleKind::InitialAccess, text));
            let key = InitialAccess::key_of(&handle.ok_or(OAuthError::InvalidToken)?.hash());
            let known = store::get::<InitialAccess>(app, key.clone()).await?;
            known.filter(|token| token.is_good(app.clock.now())).ok_or(OAuthError::InvalidToken)?;
            let left = [Condition::Above("uses_left", 0), Condition::Above("expires_at", app.clock.now().0)];
            Ok(Some(Update::of::<InitialAccess>(key).add("uses_left", -1).when(&left).into()))
        }
    }
}
