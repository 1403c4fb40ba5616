//! The account that somebody says is theirs, with all that signing in to it takes: whose the identifier is, then everything else in
//! one read. Of an identifier that nobody has, the same is read in vain, so that the time tells nothing.

use super::FlowError;
use super::visit::Visit;
use crate::app::App;
use crate::consent::{self, Consent};
use crate::credential::password::{self, Password};
use crate::id::UserId;
use crate::identity::{self, NormalIdentifier, User};
use crate::session::{self, Device};
use crate::store::{self, Entity, Stored};

/// What there is of the account.
pub(super) struct ClaimedAccount {
    pub(super) user: Option<Stored<User>>,
    pub(super) password: Option<Stored<Password>>,
    /// The browser, where the account's owner has signed in with it before.
    pub(super) device: Option<Device>,
    /// What the account's owner allows the client.
    pub(super) consent: Option<Stored<Consent>>,
}

impl ClaimedAccount {
    /// Reads it: two calls.
    pub(super) async fn load(
        app: &App,
        visit: &Visit<'_>,
        identifier: &NormalIdentifier,
    ) -> Result<Self, FlowError> {
        let nobody = UserId::from_bytes([0; 16]);
        let user = identity::find(app, identifier).await?.unwrap_or(nobody);
        let device = session::device(app, visit.request);
        let consent = visit.tx.purpose.request().map(|asked| consent::key(&user, &asked.client_id));
        let mut keys =
            vec![(User::TABLE, identity::user_key(&user)), (Password::TABLE, password::key_of(&user))];
        keys.extend(device.key(&user).map(|key| (Device::TABLE, key)));
        keys.extend(consent.clone().map(|key| (Consent::TABLE, key)));
        let mut found = store::get_many(app, keys).await?;
        let account = found.take::<User>(identity::user_key(&user))?;
        // Of records that are read together one may be older than the other: a password that was just replaced proves nothing.
        let is_present =
            |password: &Stored<Password>| account.as_ref().is_some_and(|user| password.is_of(user));
        let password = found.take::<Password>(password::key_of(&user))?.filter(is_present);
        let device = device.take(app, &mut found, &user)?;
        let consent = consent.map(|key| found.take::<Consent>(key)).transpose()?.flatten();
        // An account that expired unproven is as good as gone, and its password with it.
        match account.filter(|account| !account.has_expired(app.clock.now())) {
            Some(account) => Ok(Self { user: Some(account), password, device, consent }),
            None => Ok(Self { user: None, password: None, device: None, consent: None }),
        }
    }
}
