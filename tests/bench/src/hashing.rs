//! Bare Argon2id with the parameters of the deployment: the part of a sign-in that is meant to cost.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use runtime::process::thread_time;
use shared::settings::HashingSettings;

use crate::browser::Customer;
use crate::connection::Connection;
use crate::error::BenchError;
use crate::load::Actor;

/// What hashes took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    count: u32,
    processor: Duration,
    elapsed: Duration,
}

impl Taken {
    /// The processor time of one.
    pub(crate) fn each(&self) -> Duration {
        self.processor / self.count.max(1)
    }

    /// Together.
    pub(crate) fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// A customer who signs in, and hashes a password after each time: so the two are measured under the same conditions, whatever
/// else the machine does meanwhile.
pub(crate) struct Hasher {
    customer: Customer,
    argon2: Argon2<'static>,
    memory: Vec<Block>,
    taken: Arc<Mutex<Taken>>,
}

impl Hasher {
    /// Beside what `customer` does.
    pub(crate) fn new(customer: Customer) -> Result<Self, BenchError> {
        let settings = HashingSettings::default();
        let params = Params::new(settings.memory_kib, settings.passes, settings.lanes, Some(32))
            .map_err(BenchError::Argon2)?;
        let memory = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, params)
            .map_err(BenchError::Argon2)?;
        Ok(Self { customer, argon2, memory, taken: Arc::default() })
    }

    /// Where it says what its hashes took.
    pub(crate) fn taken(&self) -> Arc<Mutex<Taken>> {
        Arc::clone(&self.taken)
    }

    fn hash(&mut self) -> Result<(), BenchError> {
        let (before, started) = (thread_time(), Instant::now());
        let mut output = [0; 32];
        self.argon2
            .hash_password_into_with_memory(
                b"correct horse battery staple 7",
                &[1; 16],
                &mut output,
                &mut self.memory,
            )
            .map_err(BenchError::Argon2)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.count += 1;
        taken.processor += thread_time() - before;
        taken.elapsed += started.elapsed();
        Ok(())
    }
}

impl Actor for Hasher {
    async fn act(&mut self, connection: &mut Connection) -> Result<(), BenchError> {
        self.customer.act(connection).await?;
        tokio::task::block_in_place(|| self.hash())
    }
}
