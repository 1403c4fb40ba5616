//! Counts calls, so that a test can say how many an endpoint may make, and adds up the processor time that the stand-ins took for
//! them, so that a measurement can leave it out.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::meter::metered;

tokio::task_local! {
    /// Set within work that no request waits for.
    static ASIDE: ();
}

/// Counters by `service.Operation`, such as `dynamodb.PutItem`; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<Ledger>>);

#[derive(Debug, Default)]
struct Ledger {
    calls: BTreeMap<String, Spent>,
    aside: Duration,
}

/// What the calls of one operation came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How many there were.
    pub count: u64,
    /// The processor time that the stand-in took to answer them.
    pub time: Duration,
}

impl Calls {
    /// How often each operation was called since the start or the last reset.
    pub fn snapshot(&self) -> BTreeMap<String, u64> {
        self.ledger().calls.iter().map(|(operation, spent)| (operation.clone(), spent.count)).collect()
    }

    /// What each operation came to since the start or the last reset.
    pub fn spent(&self) -> BTreeMap<String, Spent> {
        self.ledger().calls.clone()
    }

    /// The processor time of the work that went on aside since the start or the last reset, with its calls.
    pub fn spent_aside(&self) -> Duration {
        self.ledger().aside
    }

    /// Starts counting from zero.
    pub fn reset(&self) {
        *self.ledger() = Ledger::default();
    }

    /// Does work that no request waits for: it is added up by itself, and its calls are not counted.
    pub async fn aside<F: Future>(&self, work: F) -> F::Output {
        let (output, time) = metered(ASIDE.scope((), work)).await;
        self.ledger().aside += time;
        output
    }

    /// Answers a call of `operation`, and counts it.
    pub(super) async fn count<F: Future>(&self, operation: &str, answer: F) -> F::Output {
        let (output, time) = metered(answer).await;
        if ASIDE.try_with(|()| ()).is_err() {
            let mut ledger = self.ledger();
            let spent = ledger.calls.entry(operation.to_owned()).or_default();
            spent.count += 1;
            spent.time += time;
        }
        output
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
