//! How keys move on: next, active, retired, gone. Every step is one transaction that only one of several runs can win.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::jwe::KeyKind;
use super::resting_key::{KeyState, KeyUse, RestingKey, load_stored};
use super::sealer::signing_sealer;
use super::{Algorithm, KeyError, decryption, jwks, ring};
use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Actor, Event, EventKind};
use crate::settings::Settings;
use crate::store::{self, Condition, Entity, Key, Stored, Table, Write};

/// Marks that an algorithm has had its first key: two runs of the seed cannot both make one. From then on it always has an
/// active key, since one retires in the transaction that promotes the next.
#[derive(Serialize, Deserialize)]
#[serde(bound = "U: KeyUse")]
struct FirstKey<U> {
    algorithm: U,
    kid: String,
}

impl<U: KeyUse> Entity for FirstKey<U> {
    const TYPE: &'static str = U::FIRST;
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(format!("{}#{}", U::FIRST, self.algorithm.name()), U::FIRST)
    }
}

/// What is due for the keys of one algorithm.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is no key at all: make one that is in use at once.
    Begin,
    /// The active key (by index) grows old: make its successor.
    Publish(usize),
    /// The successor (second) is old enough: it is used from now on, the active one (first) retires.
    Promote(usize, usize),
    /// Nothing that was made with a retired key (by index) is valid any more.
    Remove(usize),
}

/// What is due at `now` for `keys`, which are of one algorithm.
pub(super) fn due<U: KeyUse>(
    keys: &[Stored<RestingKey<U>>],
    settings: &Settings,
    now: Timestamp,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let active = keys.iter().enumerate().find_map(|(index, key)| match key.state {
        KeyState::Active { since } => Some((index, since)),
        KeyState::Next { .. } | KeyState::Retired { .. } => None,
    });
    let next = keys.iter().enumerate().find_map(|(index, key)| match key.state {
        KeyState::Next { since } => Some((index, since)),
        KeyState::Active { .. } | KeyState::Retired { .. } => None,
    });
    match (active, next) {
        (None, _) => steps.push(Step::Begin),
        (Some((active, since)), None)
            if now.since(since) >= settings.keys.active.saturating_sub(settings.keys.next) =>
        {
            steps.push(Step::Publish(active));
        }
        (Some((active, active_since)), Some((next, next_since)))
            if now.since(active_since) >= settings.keys.active
                && now.since(next_since) >= settings.keys.next =>
        {
            steps.push(Step::Promote(active, next));
        }
        (Some(_), _) => {}
    }
    steps.extend(keys.iter().enumerate().filter_map(|(index, key)| match key.state {
        KeyState::Retired { until, .. } if until <= now => Some(Step::Remove(index)),
        KeyState::Next { .. } | KeyState::Active { .. } | KeyState::Retired { .. } => None,
    }));
    steps
}

/// Does what is due for every algorithm of every use and says how many steps were done. Run it as often as you like, in parallel too.
///
/// # Errors
/// When KMS or the store does not answer. What was done until then stays done.
pub async fn rotate(app: &App, settings: &Settings) -> Result<usize, KeyError> {
    let done = rotate_use::<Algorithm>(app, settings).await? + rotate_use::<KeyKind>(app, settings).await?;
    ring::forget(app);
    decryption::forget(app);
    jwks::forget(app);
    Ok(done)
}

async fn rotate_use<U: KeyUse>(app: &App, settings: &Settings) -> Result<usize, KeyError> {
    let all = load_stored::<U>(app).await?;
    let mut done = 0;
    for algorithm in U::ALL.iter().copied() {
        let keys: Vec<_> = all.iter().filter(|key| key.algorithm == algorithm).cloned().collect();
        for step in due(&keys, settings, app.clock.now()) {
            let writes = writes(app, settings, (algorithm, &keys), step).await?;
            match store::transact(app, writes).await {
                Ok(()) => done += 1,
                Err(error) if error.is_refused() => {} // another run did it first
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(done)
}

async fn writes<U: KeyUse>(
    app: &App,
    settings: &Settings,
    (algorithm, keys): (U, &[Stored<RestingKey<U>>]),
    step: Step,
) -> Result<Vec<Write>, KeyError> {
    let now = app.clock.now();
    Ok(match step {
        Step::Begin => {
            let sealer = signing_sealer(app).await?;
            let key = RestingKey::generate(&app.rng, &sealer, algorithm, KeyState::Active { since: now })?;
            let first = FirstKey { algorithm, kid: key.kid.clone() };
            vec![Write::create(&first), Write::create(&key), told(app, "active", &key)]
        }
        Step::Publish(active) => {
            let sealer = signing_sealer(app).await?;
            let next = RestingKey::generate(&app.rng, &sealer, algorithm, KeyState::Next { since: now })?;
            let mut active = keys[active].clone();
            active.successor = Some(next.kid.clone());
            vec![Write::replace(&active), Write::create(&next), told(app, "next", &next)]
        }
        Step::Promote(active, next) => {
            let (mut active, mut next) = (keys[active].clone(), keys[next].clone());
            active.state = KeyState::Retired { since: now, until: now.plus(settings.keep_retired_keys()) };
            next.state = KeyState::Active { since: now };
            let event = told(app, "active", &next);
            vec![Write::replace(&active), Write::replace(&next), event]
        }
        Step::Remove(retired) => {
            let key = &keys[retired];
            vec![Write::delete::<RestingKey<U>>(key.key(), &[Condition::Exists]), told(app, "removed", key)]
        }
    })
}

fn told<U: KeyUse>(app: &App, state: &str, key: &RestingKey<U>) -> Write {
    let data = json!({ "kid": key.kid, "alg": key.algorithm.name(), "state": state });
    Event::new(app, EventKind::KeysRotated, Actor::System).with(data).announce()
}
