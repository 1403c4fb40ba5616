//! The work of hashing: off the threads that answer requests, no more at once than there are processors, its memory used again.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use super::hash::{Cost, Hashed, OUTPUT, SALT};
use crate::app::App;
use crate::credential::CredentialError;
use crate::keys;
use crate::secret::Secret;

/// Memory that was used before, and the right to use some: each hash takes megabytes, so their number is bounded.
struct Workshop {
    benches: Mutex<Vec<Vec<Block>>>,
    places: Arc<Semaphore>,
}

impl Default for Workshop {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { benches: Mutex::default(), places: Arc::new(Semaphore::new(processors)) }
    }
}

impl Workshop {
    fn take_bench(&self) -> Vec<Block> {
        self.benches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put_back(&self, bench: Vec<Block>) {
        self.benches.lock().unwrap_or_else(PoisonError::into_inner).push(bench);
    }
}

/// A fresh hash of a normalised password.
pub(super) async fn make(
    app: &App,
    password: &Secret<String>,
    cost: Cost,
) -> Result<Hashed, CredentialError> {
    let salt: [u8; SALT] = app.rng.bytes();
    let output = hash(app, password, &salt, cost).await?;
    Ok(Hashed::new(cost, &salt, &output))
}

/// The hash of a normalised password with this salt at this cost.
pub(super) async fn hash(
    app: &App,
    password: &Secret<String>,
    salt: &[u8],
    cost: Cost,
) -> Result<[u8; OUTPUT], CredentialError> {
    let pepper = keys::pepper(app).await?;
    let workshop = app.slot::<Workshop>();
    let place =
        Arc::clone(&workshop.places).acquire_owned().await.map_err(|_| CredentialError::Interrupted)?;
    let (password, salt) = (password.clone(), salt.to_vec());
    let work = move || {
        let mut bench = workshop.take_bench();
        let output = argon2id(&password, &salt, pepper.expose(), (cost, &mut bench));
        workshop.put_back(bench);
        drop(place);
        output
    };
    let output = tokio::task::spawn_blocking(work).await.map_err(|_| CredentialError::Interrupted)?;
    output.map_err(CredentialError::Hashing)
}

/// Argon2id version 0x13 (RFC 9106), keyed with `pepper`.
pub(super) fn argon2id(
    password: &Secret<String>,
    salt: &[u8],
    pepper: &[u8],
    (cost, bench): (Cost, &mut Vec<Block>),
) -> Result<[u8; OUTPUT], argon2::Error> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(OUTPUT))?;
    bench.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)?;
    let mut output = [0; OUTPUT];
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut output, &mut *bench)?;
    Ok(output)
}
