//! Load: some actors, a connection each, repeat what they do until there is enough to measure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::error::BenchError;
use crate::host::Host;

/// Something that is done again and again.
pub(crate) trait Actor: Send + 'static {
    /// Does it once.
    fn act(&mut self, connection: &mut Connection) -> impl Future<Output = Result<(), BenchError>> + Send;
}

/// How much is enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How often each actor acts before anything is measured.
    pub(crate) warm_up: u64,
    /// How often they act together, at most.
    pub(crate) most: u64,
    /// How long, at most.
    pub(crate) longest: Duration,
}

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// How often the actors acted.
    pub(crate) count: u64,
    /// How long that took.
    pub(crate) elapsed: Duration,
    /// Processor time of the host each time, without event functions.
    pub(crate) processor: Duration,
    /// Of it, the stand-ins of AWS.
    pub(crate) stand_ins: Duration,
    /// Processor time of event functions each time.
    pub(crate) aside: Duration,
    /// Calls to AWS each time.
    pub(crate) calls: BTreeMap<String, f64>,
}

impl Measured {
    /// How often a second.
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let count = self.count as f64;
        count / self.elapsed.as_secs_f64()
    }

    /// Processor time of our own code each time.
    pub(crate) fn own(&self) -> Duration {
        self.processor.saturating_sub(self.stand_ins)
    }
}

/// Has `actors` act on `host`.
pub(crate) async fn run<A: Actor>(host: &Host, actors: Vec<A>, plan: Plan) -> Result<Measured, BenchError> {
    let mut warm = Vec::new();
    for actor in actors {
        warm.push((host.connect().await?, actor));
    }
    let warm = all(warm, move |mut connection, mut actor| async move {
        for _ in 0..plan.warm_up {
            actor.act(&mut connection).await?;
        }
        Ok((connection, actor))
    })
    .await?;
    host.reset().await?;
    let before = host.usage().await?;
    let started = Instant::now();
    let left = Arc::new(AtomicU64::new(plan.most));
    let counts = all(warm, move |mut connection, mut actor| {
        let left = Arc::clone(&left);
        async move {
            let mut count = 0;
            while started.elapsed() < plan.longest && take(&left) {
                actor.act(&mut connection).await?;
                count += 1;
            }
            Ok(count)
        }
    })
    .await?;
    let elapsed = started.elapsed();
    let after = host.usage().await?;
    let count: u64 = counts.into_iter().sum();
    let each = |time: Duration| time / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let per = |calls: u64| calls as f64 / count.max(1) as f64;
    let aside = after.aside.saturating_sub(before.aside);
    Ok(Measured {
        count,
        elapsed,
        processor: each((after.processor - before.processor).saturating_sub(aside)),
        stand_ins: each(after.stand_ins.saturating_sub(before.stand_ins)),
        aside: each(aside),
        calls: after.calls.into_iter().map(|(operation, calls)| (operation, per(calls))).collect(),
    })
}

fn take(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

/// Runs `work` for every actor at once.
async fn all<A, T, F>(
    actors: Vec<(Connection, A)>,
    work: impl Fn(Connection, A) -> F,
) -> Result<Vec<T>, BenchError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, BenchError>> + Send + 'static,
{
    let tasks: Vec<_> =
        actors.into_iter().map(|(connection, actor)| tokio::spawn(work(connection, actor))).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await??);
    }
    Ok(done)
}
