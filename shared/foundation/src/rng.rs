//! Chance as an argument: the operating system's generator in production, a seeded sequence in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;

/// Where random bytes come from.
#[derive(Clone, Debug, Default)]
pub struct Rng(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Seeded(u64, Arc<AtomicU64>),
}

impl Rng {
    /// A predictable sequence, for tests only.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(seed, Arc::default()))
    }

    /// Fills `bytes` with random bytes.
    ///
    /// # Panics
    /// Never in practice: the generator of aws-lc fails only when the kernel refuses `getrandom`, and then nothing safe is left to do.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place that reads the system's generator"
                )]
                #[expect(clippy::expect_used, reason = "no key or code may be made without entropy")]
                aws_lc_rs::rand::fill(bytes).expect("the system's random generator works");
            }
            Source::Seeded(seed, counter) => {
                for chunk in bytes.chunks_mut(32) {
                    let count = counter.fetch_add(1, Ordering::SeqCst);
                    let block =
                        digest::digest(&digest::SHA256, &[seed.to_be_bytes(), count.to_be_bytes()].concat());
                    chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
                }
            }
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A numeric code of six digits, each value equally likely (rejection sampling).
    #[must_use]
    pub fn six_digits(&self) -> String {
        const RANGE: u32 = 1_000_000;
        loop {
            let draw = u32::from_be_bytes(self.bytes());
            if draw < u32::MAX - u32::MAX % RANGE {
                return format!("{:06}", draw % RANGE);
            }
        }
    }
}
