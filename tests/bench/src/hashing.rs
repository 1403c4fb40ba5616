//! Bare Argon2id with the parameters of the deployment: the part of a sign-in that is meant to cost.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use runtime::process::thread_time;
use shared::settings::HashingSettings;

use crate::error::BenchError;

const ROUNDS: u32 = 60;

/// The processor time and the wall-clock time of one hash.
pub(crate) fn measure() -> Result<(Duration, Duration), BenchError> {
    let settings = HashingSettings::default();
    let params = Params::new(settings.memory_kib, settings.passes, settings.lanes, Some(32))
        .map_err(BenchError::Argon2)?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, params)
        .map_err(BenchError::Argon2)?;
    let mut hash = || {
        let mut output = [0; 32];
        argon2
            .hash_password_into_with_memory(
                b"correct horse battery staple 7",
                &[1; 16],
                &mut output,
                &mut memory,
            )
            .map_err(BenchError::Argon2)
    };
    hash()?;
    let (before, started) = (thread_time(), Instant::now());
    for _ in 0..ROUNDS {
        hash()?;
    }
    Ok(((thread_time() - before) / ROUNDS, started.elapsed() / ROUNDS))
}
