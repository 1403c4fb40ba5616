//! Counts calls, so that a test can say how many an endpoint may make.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counters by `service.Operation`, such as `dynamodb.PutItem`; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<String, u64>>>);

impl Calls {
    /// How often each operation was called since the start or the last reset.
    pub fn snapshot(&self) -> BTreeMap<String, u64> {
        self.counters().clone()
    }

    /// Starts counting from zero.
    pub fn reset(&self) {
        self.counters().clear();
    }

    pub(super) fn count(&self, operation: &str) {
        let mut counters = self.counters();
        if let Some(counter) = counters.get_mut(operation) {
            *counter += 1;
        } else {
            counters.insert(operation.to_owned(), 1);
        }
    }

    fn counters(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
