//! What has ended: a session, or what a customer allowed a client. What was approved before and is not fetched yet (a code, a device's
//! or a backchannel request) ends with it. Nothing points from those to their records, so a mark is left behind that their redemption
//! looks for. `user#<uid>`/`ended#session#<sid>` and `user#<uid>`/`ended#client#<client>`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Terms;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::settings::{self, Settings};
use crate::store::{Condition, Entity, Key, StoreError, Table, Write};

/// The longest that anything approved waits to be fetched, beyond the settings: clients choose up to an hour, and tokens are pushed for
/// nine hours.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The mark of an end.
#[derive(Debug, Serialize, Deserialize)]
struct Ended {
    user: UserId,
    what: String,
    /// What was approved before that has ended. In milliseconds.
    not_before: i64,
    expires_at: Timestamp,
}

impl Ended {
    fn write(app: &App, settings: &Settings, user: &UserId, what: String) -> Write {
        let waits = settings.oauth.device_lifetime.max(settings.oauth.ciba_lifetime) + LONGEST;
        let expires_at = app.clock.now().plus(waits);
        // What was approved in the same millisecond was approved before.
        Write::put(&Self { user: user.clone(), what, not_before: app.clock.now_millis() + 1, expires_at })
    }
}

impl Entity for Ended {
    const TYPE: &'static str = "ended";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.user, &self.what)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

fn key(user: &UserId, what: &str) -> Key {
    Key::new(format!("user#{user}"), format!("ended#{what}"))
}

fn session(session: &SessionId) -> String {
    format!("session#{session}")
}

fn client(client: &str) -> String {
    format!("client#{client}")
}

/// The write that ends what was approved in `of` and is not fetched yet.
///
/// # Errors
/// When the settings cannot be read.
pub(super) async fn session_ended_write(
    app: &App,
    user: &UserId,
    of: &SessionId,
) -> Result<Write, StoreError> {
    Ok(Ended::write(app, &*settings::load(app).await?, user, session(of)))
}

/// The write that ends what `user` has approved for the client `of` and that is not fetched yet. What is approved later holds.
///
/// # Errors
/// When the settings cannot be read.
pub async fn withdrawn_write(app: &App, user: &UserId, of: &str) -> Result<Write, StoreError> {
    Ok(Ended::write(app, &*settings::load(app).await?, user, client(of)))
}

/// Demands that the session has not ended.
#[must_use]
pub fn session_check(user: &UserId, of: &SessionId) -> Write {
    Write::check::<Ended>(key(user, &session(of)), &[Condition::Absent("not_before")])
}

/// Demands that nothing of `terms`, which were approved at `at_millis`, has ended since. What outlasts the session outlasts it here as
/// well (Core §11).
pub(super) fn checks(terms: &Terms, at_millis: i64) -> Vec<Write> {
    let later = Condition::AtMost("not_before", at_millis);
    let mut checks = vec![Write::check::<Ended>(key(&terms.user, &client(&terms.client)), &[later])];
    let bound = terms.session.as_ref().filter(|_| !terms.is_offline());
    checks.extend(bound.map(|bound| session_check(&terms.user, bound)));
    checks
}
