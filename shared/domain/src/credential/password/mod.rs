//! Passwords: Argon2id (RFC 9106) with a salt for each and a pepper for all, which KMS alone can unwrap.

mod common;
mod hash;
mod rules;
mod work;

use serde::{Deserialize, Serialize};

pub use rules::find_fault;

use super::CredentialError;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::identity::{Epoch, User};
use crate::secret::{Secret, constant_time_eq};
use crate::settings;
use crate::store::{self, Entity, Key, Stored, Table, Write};
use hash::{Cost, Hashed};

/// A customer's password, as it rests.
#[derive(Serialize, Deserialize)]
pub struct Password {
    user: UserId,
    #[serde(flatten)]
    hashed: Hashed,
    changed_at: Timestamp,
    /// The account's epoch that it began.
    #[serde(default)]
    epoch: Epoch,
}

impl Password {
    /// Whether it is the present one of `user`: of two records that are read together, one may be older than the other.
    #[must_use]
    pub fn is_of(&self, user: &User) -> bool {
        self.epoch == user.password_epoch()
    }
}

impl Entity for Password {
    const TYPE: &'static str = "password";
    const TABLE: Table = Table::Credentials;

    fn key(&self) -> Key {
        key_of(&self.user)
    }
}

/// The hash of a password that is nobody's yet.
#[derive(Serialize, Deserialize)]
pub struct PasswordHash(Hashed);

impl PasswordHash {
    /// The write that gives the account `user`, as it will be then, this password, whatever it had before.
    #[must_use]
    pub fn set_write(self, app: &App, user: &User) -> Write {
        let (changed_at, epoch) = (app.clock.now(), user.password_epoch());
        Write::put(&Password { user: user.id.clone(), hashed: self.0, changed_at, epoch })
    }
}

/// The key of a customer's password, for a read together with other records.
#[must_use]
pub fn key_of(user: &UserId) -> Key {
    Key::new(format!("user#{user}"), "password")
}

/// What became of a password that was checked.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the account's.
    Right,
    /// It is not, or there is no such account, or it has no password: the same answer after the same work.
    Wrong,
}

/// Checks `password` against the account's. For nobody's account, and for one without a password, the same reads and the same
/// hashing are done in vain, so that the time tells nothing. A hash of other than today's cost is made anew.
///
/// # Errors
/// When a key, the store or the hashing fails.
pub async fn verify(
    app: &App,
    user: Option<&UserId>,
    password: &Secret<String>,
) -> Result<Verdict, CredentialError> {
    let nobody = UserId::from_bytes([0; 16]);
    let stored = store::get_now::<Password>(app, key_of(user.unwrap_or(&nobody))).await?;
    verify_stored(app, stored, password).await
}

/// [`verify`], where the account's password was read together with other records.
///
/// # Errors
/// When a key, the store or the hashing fails.
pub async fn verify_stored(
    app: &App,
    stored: Option<Stored<Password>>,
    password: &Secret<String>,
) -> Result<Verdict, CredentialError> {
    let cost = Cost::of(&settings::load(app).await?.hashing);
    let password = rules::normalise(password);
    let Some(stored) = stored else {
        work::hash(app, &password, &[0; hash::SALT], cost).await?;
        return Ok(Verdict::Wrong);
    };
    let computed = work::hash(app, &password, &stored.hashed.salt(), stored.hashed.cost).await?;
    if !constant_time_eq(computed.as_ref(), &stored.hashed.output()) {
        return Ok(Verdict::Wrong);
    }
    if stored.hashed.cost != cost {
        renew(app, stored, &password, cost).await?;
    }
    Ok(Verdict::Right)
}

/// Hashes a right password at today's cost. If it was changed meanwhile, the change stands.
async fn renew(
    app: &App,
    mut stored: Stored<Password>,
    password: &Secret<String>,
    cost: Cost,
) -> Result<(), CredentialError> {
    stored.hashed = work::make(app, password, cost).await?;
    match store::write(app, Write::replace(&stored)).await {
        Err(error) if error.is_refused() => Ok(()),
        other => Ok(other?),
    }
}

/// Hashes a new password. Check the rules first ([`find_fault`]).
///
/// # Errors
/// When a key, the settings or the hashing fails.
pub async fn hash(app: &App, password: &Secret<String>) -> Result<PasswordHash, CredentialError> {
    let cost = Cost::of(&settings::load(app).await?.hashing);
    Ok(PasswordHash(work::make(app, &rules::normalise(password), cost).await?))
}

/// The write that gives the account `user`, as it will be then, `password`, whatever it had before. Check the rules first
/// ([`find_fault`]).
///
/// # Errors
/// When a key, the settings or the hashing fails.
pub async fn set_write(app: &App, user: &User, password: &Secret<String>) -> Result<Write, CredentialError> {
    Ok(hash(app, password).await?.set_write(app, user))
}

#[cfg(test)]
mod tests;
