//! The slowing of guesses at one account: `guess#<target>`/`guess` counts the failures of strangers, `…`/`device#<hash>` those of a
//! device that the account's owner has signed in with, `…`/`session#<id>` those of who is signed in. The target is the keyed hash of
//! the identifier that was typed, whether anybody has it or not; of who is signed in, it is the account. So whoever guesses slows strangers, himself among them, and never the owner
//! at his own device; recovery does not ask here at all.
//!
//! An attempt is counted before the password is looked at, by conditional write: guesses sent in parallel wait for each other.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::LimitError;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::SessionId;
use crate::store::{self, Entity, Key, Stored, Table, Write};

/// The failure in a row that first costs a wait.
const COSTLY: u32 = 5;
/// The wait after the first failure that costs one; it doubles with each further one.
const FIRST_WAIT: u64 = 5;
/// The longest wait.
const LONGEST_WAIT: u64 = 15 * 60;
/// Failures are forgotten after a day without one.
const MEMORY: Duration = Duration::from_secs(24 * 3600);

/// The failures of one kind of guessers at one target.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Guesses {
    target: String,
    guesser: String,
    failures: u32,
    /// The next attempt may be made then.
    open_at: Timestamp,
    expires_at: Timestamp,
}

impl Entity for Guesses {
    const TYPE: &'static str = "guess";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("guess#{}", self.target), &self.guesser)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Guesses {
    /// After one more failure.
    fn failed(&self, now: Timestamp) -> Self {
        let failures = if self.expires_at <= now { 1 } else { self.failures.saturating_add(1) };
        let open_at = now.plus(Duration::from_secs(wait_after(failures)));
        Self { failures, open_at, expires_at: now.plus(MEMORY), ..self.clone() }
    }
}

/// Seconds to wait after so many failures in a row.
pub(super) fn wait_after(failures: u32) -> u64 {
    match failures.checked_sub(COSTLY) {
        None => 0,
        Some(beyond) => {
            FIRST_WAIT.saturating_mul(1_u64.checked_shl(beyond).unwrap_or(u64::MAX)).min(LONGEST_WAIT)
        }
    }
}

/// Who guesses.
#[derive(Clone, Copy, Debug)]
pub enum Guesser<'a> {
    /// Anybody.
    Stranger,
    /// A device that the account's owner has signed in with before, by the hash of its handle.
    Device(&'a str),
    /// Who is signed in already: the owner, or a thief of this session.
    Session(&'a SessionId),
}

/// An attempt that may be made. It counts as failed unless [`Self::succeeded`] is written.
#[must_use]
#[derive(Debug)]
pub struct Attempt(Key);

impl Attempt {
    /// Forgets the failures: for the transaction of the sign-in.
    pub fn succeeded(self) -> Write {
        Write::delete::<Guesses>(self.0, &[])
    }
}

/// Begins an attempt at `target`: the keyed hash of what a stranger typed, or the id of the customer who is signed in.
///
/// # Errors
/// [`LimitError::Exceeded`] while the target waits.
pub async fn begin(app: &App, target: &str, guesser: Guesser<'_>) -> Result<Attempt, LimitError> {
    const TRIES: usize = 4;
    let now = app.clock.now();
    let guesser = match guesser {
        Guesser::Stranger => "guess".to_owned(),
        Guesser::Device(hash) => format!("device#{hash}"),
        Guesser::Session(id) => format!("session#{id}"),
    };
    let expires_at = now.plus(MEMORY);
    let none = Guesses { target: target.to_owned(), guesser, failures: 0, open_at: now, expires_at };
    let first = || Write::create_or_expired(&none.failed(now), now);
    let mut write = first();
    for _ in 0..TRIES {
        let known: Option<Stored<Guesses>> = match store::write(app, write).await {
            Ok(()) => return Ok(Attempt(none.key())),
            Err(error) => error.winner()?,
        };
        write = match known {
            Some(known) if now < known.open_at => {
                return Err(LimitError::Exceeded { seconds: known.open_at.since(now).as_secs() });
            }
            Some(known) => Write::replace(&Stored { entity: known.failed(now), rev: known.rev }),
            None => first(),
        };
    }
    Err(LimitError::Exceeded { seconds: 1 })
}
