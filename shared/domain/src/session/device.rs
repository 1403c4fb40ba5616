//! Devices: a browser that a customer has signed in with is known to them, and is not slowed when strangers guess.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::http::{Request, SetCookie};
use crate::id::UserId;
use crate::keys::{Handle, HandleKind};
use crate::settings::{self, SessionSettings};
use crate::store::{self, Entity, Key, Many, StoreError, Table, Write};

const COOKIE: &str = "lk_device";
/// A sign-in is noted when the last noted one is so long ago.
const NOTED_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A browser that one customer has signed in with: `user#<uid>`/`device#<hash>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Device {
    /// Whom it is known to.
    pub user: UserId,
    /// The hash of its cookie.
    pub hash: String,
    /// What it called itself.
    pub user_agent: String,
    /// When it was first signed in with.
    pub first_seen_at: Timestamp,
    /// When it was last signed in with, within a day.
    pub last_seen_at: Timestamp,
    /// Until when it is known.
    pub expires_at: Timestamp,
}

impl Entity for Device {
    const TYPE: &'static str = "device";
    const TABLE: Table = Table::Identities;

    fn key(&self) -> Key {
        key(&self.user, &self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

fn key(user: &UserId, hash: &str) -> Key {
    Key::new(format!("user#{user}"), format!("device#{hash}"))
}

/// The device cookie of a browser; one cookie for all customers who use it.
#[derive(Debug)]
pub struct DeviceHandle(Option<Handle>);

/// The device that sent `request`.
#[must_use]
pub fn device(app: &App, request: &Request) -> DeviceHandle {
    let cookies = request.cookies();
    DeviceHandle(cookies.get(&app.config, COOKIE).and_then(|text| Handle::parse(HandleKind::Device, text)))
}

impl DeviceHandle {
    /// Where it rests as a device of `user`, for a read together with other records; nowhere, where it has no cookie.
    #[must_use]
    pub fn key(&self, user: &UserId) -> Option<Key> {
        self.0.as_ref().map(|handle| key(user, &handle.hash()))
    }

    /// What is known of it as a device of `user`, among what was `found`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn take(&self, app: &App, found: &mut Many, user: &UserId) -> Result<Option<Device>, StoreError> {
        let Some(key) = self.key(user) else { return Ok(None) };
        let device = found.take::<Device>(key)?.map(|device| device.entity);
        Ok(device.filter(|device| app.clock.now() < device.expires_at))
    }

    /// What is known of it as a device of `user`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn known_to(&self, app: &App, user: &UserId) -> Result<Option<Device>, StoreError> {
        let Some(key) = self.key(user) else { return Ok(None) };
        let mut found = store::get_many(app, vec![(Device::TABLE, key)]).await?;
        self.take(app, &mut found, user)
    }

    /// The write that notes that `user` signed in with it, where that is news to what is `known`; a device without a cookie gets one.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub async fn note(
        &mut self,
        app: &App,
        known: Option<Device>,
        (user, user_agent): (&UserId, &str),
    ) -> Result<Option<Write>, StoreError> {
        let now = app.clock.now();
        if known.as_ref().is_some_and(|device| now.since(device.last_seen_at) < NOTED_AFTER) {
            return Ok(None);
        }
        let handle = self.0.get_or_insert_with(|| Handle::new(app, HandleKind::Device));
        let settings = settings::load(app).await?;
        Ok(Some(Write::put(&Device {
            user: user.clone(),
            hash: handle.hash(),
            user_agent: user_agent.to_owned(),
            first_seen_at: known.map_or(now, |device| device.first_seen_at),
            last_seen_at: now,
            expires_at: now.plus(settings.sessions.device),
        })))
    }

    /// Its hash, where it is known.
    #[must_use]
    pub fn hash(&self) -> Option<String> {
        self.0.as_ref().map(Handle::hash)
    }

    /// Its cookie, where it has one.
    #[must_use]
    pub fn cookie(&self, app: &App, settings: &SessionSettings) -> Option<SetCookie> {
        let handle = self.0.as_ref()?;
        Some(SetCookie::new(&app.config, COOKIE, handle.expose()).lasting(settings.device))
    }
}
