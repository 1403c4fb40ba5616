//! The keys and aliases, in memory and in a file that every change replaces.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::key::{Key, KeyState};
use super::spec::KeyUsage;
use crate::aws::clock::Clock;
use crate::aws::wire::Refusal;
use crate::aws::{ACCOUNT, AwsError, REGION, files};

/// All keys; cloning shares them.
#[derive(Clone)]
pub(in crate::aws) struct Keys(Arc<Shared>);

struct Shared {
    file: PathBuf,
    clock: Clock,
    ring: Mutex<Ring>,
}

/// What the file holds.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Ring {
    pub(super) keys: BTreeMap<String, Key>,
    pub(super) aliases: BTreeMap<String, String>,
}

impl Keys {
    pub(in crate::aws) fn open(file: PathBuf, clock: Clock) -> Result<Self, AwsError> {
        let ring = match std::fs::read(&file) {
            Ok(content) => serde_json::from_slice(&content)
                .map_err(|source| AwsError::Damaged { path: file.clone(), source })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ring::default(),
            Err(error) => return Err(AwsError::file(file)(error)),
        };
        Ok(Self(Arc::new(Shared { file, clock, ring: Mutex::new(ring) })))
    }

    pub(super) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// The keys that are not deleted yet.
    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        let now = self.now();
        let mut ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let is_gone = |key: &Key| matches!(key.state, KeyState::PendingDeletion { until } if until <= now);
        if ring.keys.values().any(is_gone) {
            ring.keys.retain(|_, key| !is_gone(key));
            let Ring { keys, aliases } = &mut *ring;
            aliases.retain(|_, id| keys.contains_key(id));
        }
        ring
    }

    /// Changes the ring: first in the file, then in memory, so that what was acknowledged is kept.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Ring) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut ring = self.ring();
        let mut changed = ring.clone();
        let outcome = change(&mut changed)?;
        let content = serde_json::to_vec_pretty(&changed).map_err(AwsError::from)?;
        files::replace(&self.0.file, &content)?;
        *ring = changed;
        Ok(outcome)
    }

    /// The key of this id, ARN or alias, whatever its state.
    pub(super) fn find(&self, reference: &str) -> Result<Key, Refusal> {
        let ring = self.ring();
        let id = ring.resolve(reference)?;
        ring.keys.get(&id).cloned().ok_or_else(|| not_found(reference))
    }

    /// The key of this id, ARN or alias, if it may be used for this.
    pub(super) fn usable(&self, reference: &str, usage: KeyUsage) -> Result<Key, Refusal> {
        let key = self.find(reference)?;
        key.check_usable(usage)?;
        Ok(key)
    }
}

impl Ring {
    /// The id of the key that is meant by an id, an ARN or an alias.
    pub(super) fn resolve(&self, reference: &str) -> Result<String, Refusal> {
        let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:");
        let local = reference.strip_prefix(&arn).unwrap_or(reference);
        let id = match local.starts_with("alias/") {
            true => self.aliases.get(local).map(String::as_str),
            false => Some(local.strip_prefix("key/").unwrap_or(local)),
        };
        id.filter(|id| self.keys.contains_key(*id)).map(str::to_owned).ok_or_else(|| not_found(reference))
    }

    /// A key to change.
    pub(super) fn key_mut(&mut self, reference: &str) -> Result<&mut Key, Refusal> {
        let id = self.resolve(reference)?;
        self.keys.get_mut(&id).ok_or_else(|| not_found(reference))
    }
}

fn not_found(reference: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("Key or alias {reference} is not found."))
}
