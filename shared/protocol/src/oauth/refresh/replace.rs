//! Beginning a family of refresh tokens, and replacing its current token by one conditional write.

use std::time::Duration;

use super::standing::LABEL;
use super::token;
use crate::app::App;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::id::{GrantId, UserId};
use crate::keys::{self, Handle, HandleKind, Sealer};
use crate::oauth::OAuthError;
use crate::oauth::grants::{self, Grant, Refreshing};
use crate::settings::TokenSettings;
use crate::store::{Condition, Entity, Update, Write};

/// How long a client's families live, and how soon a lost response may be asked for again.
#[derive(Clone, Copy, Debug)]
pub(in crate::oauth) struct Rotation {
    idle: Duration,
    absolute: Duration,
    /// Whether each use replaces the token. Those of FAPI clients are bound to the client and its key already, and a lost answer must not
    /// cost them the family (FAPI 2.0 Security Profile §5.3.2.1, 9).
    rotates: bool,
    pub(in crate::oauth) grace: Duration,
}

impl Rotation {
    pub(in crate::oauth) fn of(client: &Client, settings: &TokenSettings) -> Self {
        let longest = settings.refresh_longest;
        let own = |seconds: Option<u64>, default| {
            seconds.map_or(default, |seconds| Duration::from_secs(seconds).min(longest))
        };
        Self {
            idle: own(client.lifetimes.refresh_idle, settings.refresh_idle),
            absolute: own(client.lifetimes.refresh_absolute, settings.refresh_absolute),
            rotates: !client.compliance.is_fapi2(),
            grace: settings.refresh_grace,
        }
    }
}

/// The first refresh token of a family, and what its grant keeps of it.
pub(in crate::oauth) fn begin(
    app: &App,
    sealer: &Sealer,
    owner: (&UserId, &GrantId),
    rotation: Rotation,
) -> (Handle, Refreshing) {
    let (now, seed) = (app.clock.now(), token::seed(app));
    let first = token::make(app, sealer, owner, &seed);
    let ends_at = now.plus(rotation.absolute);
    let refreshing = Refreshing {
        seed,
        generation: 0,
        previous_hash: None,
        successor: None,
        rotated_at: now,
        good_until: now.plus(rotation.idle).min(ends_at),
        ends_at,
    };
    (first, refreshing)
}

/// Until when a grant lives that is used at `now`: as long as its refresh token is good, and the access token that it gives.
pub(in crate::oauth) fn expiry(
    now: Timestamp,
    refreshing: Option<&Refreshing>,
    access: Duration,
) -> Timestamp {
    refreshing.map_or(now, |refreshing| refreshing.good_until).max(now.plus(access))
}

/// The token that comes after `presented`, the current one of `grant`, and what the grant keeps of it. It is the same one where the
/// family does not rotate.
pub(super) fn successor(
    app: &App,
    sealer: &Sealer,
    (presented, grant, before): (&Handle, &Grant, &Refreshing),
    rotation: Rotation,
) -> (Handle, Refreshing) {
    let now = app.clock.now();
    let good_until = now.plus(rotation.idle).min(before.ends_at);
    if !rotation.rotates {
        return (presented.clone(), Refreshing { good_until, ..before.clone() });
    }
    let fresh = token::make(app, sealer, (&grant.terms.user, &grant.id), &before.seed);
    let sealed = || Sealer::of_handle(presented).seal(&app.rng, LABEL, fresh.expose().as_bytes());
    let after = Refreshing {
        seed: before.seed.clone(),
        generation: before.generation + 1,
        previous_hash: Some(presented.hash()),
        successor: (!rotation.grace.is_zero()).then(sealed),
        rotated_at: now,
        good_until,
        ends_at: before.ends_at,
    };
    (fresh, after)
}

/// How a family goes on.
pub(in crate::oauth) struct Renewal<'a> {
    pub(in crate::oauth) rotation: Rotation,
    /// How long the access token lives that comes with it.
    pub(in crate::oauth) access: Duration,
    /// The key that the family is bound to from now on, where it was not before (RFC 9449 §5).
    pub(in crate::oauth) jkt: Option<&'a str>,
}

/// The [`successor`], and the write that makes it current: refused when the current token has changed or the grant was revoked.
pub(in crate::oauth) fn replace(
    app: &App,
    sealer: &Sealer,
    family: (&Handle, &Grant, &Refreshing),
    renewal: &Renewal<'_>,
) -> (Handle, Write) {
    let (presented, grant, _) = family;
    let (fresh, after) = successor(app, sealer, family, renewal.rotation);
    let now = app.clock.now();
    let expires_at = expiry(now, Some(&after), renewal.access);
    let mut update = Update::of::<Grant>(grant.key())
        .set("refresh_hash", &fresh.hash())
        .set("refreshing", &after)
        .set("used_at", &now)
        .set("expires_at", &expires_at)
        .set("ttl", &expires_at)
        .when(&[Condition::text("refresh_hash", presented.hash()), Condition::Absent("revoked_at")]);
    if let Some(jkt) = renewal.jkt {
        update = update.set("jkt", &jkt);
    }
    (fresh, update.into())
}

/// The live grant that `text` names, and the token as it was read. Its standing is still to be judged.
pub(in crate::oauth) async fn find(app: &App, text: &str) -> Result<Option<(Handle, Grant)>, OAuthError> {
    let Some(handle) = Handle::parse(HandleKind::RefreshToken, text) else { return Ok(None) };
    let Some((user, grant)) = handle.owner(keys::sealer(app).await?.as_ref()) else { return Ok(None) };
    let grant = grants::load(app, &user, &grant).await?.map(|stored| stored.entity);
    let live = grant.filter(|grant| is_good(grant, app.clock.now()));
    Ok(live.map(|grant| (handle, grant)))
}

/// Whether a family can still be refreshed.
pub(in crate::oauth) fn is_good(grant: &Grant, now: Timestamp) -> bool {
    grant.is_live(now) && grant.refreshing.as_ref().is_some_and(|refreshing| now < refreshing.good_until)
}
