//! What changes seldom and is read by every request: kept for seconds, loaded by one task at a time.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::Clock;

/// One value that is loaded when first asked for, and again when it has become too old. Keep it in a slot of the app.
pub struct Cached<T> {
    value: RwLock<Option<Loaded<T>>>,
    loading: Mutex<()>,
}

struct Loaded<T> {
    value: Arc<T>,
    at_millis: i64,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { value: RwLock::new(None), loading: Mutex::new(()) }
    }
}

impl<T> Cached<T> {
    /// The value if it is younger than `lifetime`, else what `load` makes of the old one. While one task loads, others wait for it
    /// instead of loading as well.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn get_or_load<E>(
        &self,
        clock: &Clock,
        lifetime: Duration,
        load: impl AsyncFnOnce(Option<Arc<T>>) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(value) = self.younger_than(clock, lifetime) {
            return Ok(value);
        }
        let _loading = self.loading.lock().await;
        if let Some(value) = self.younger_than(clock, lifetime) {
            return Ok(value);
        }
        let at_millis = clock.now_millis();
        let value = Arc::new(load(self.last()).await?);
        *self.value.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Loaded { value: Arc::clone(&value), at_millis });
        Ok(value)
    }

    /// Forgets the value: this process has changed what it was loaded from.
    pub fn forget(&self) {
        *self.value.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn last(&self) -> Option<Arc<T>> {
        let loaded = self.value.read().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().map(|loaded| Arc::clone(&loaded.value))
    }

    fn younger_than(&self, clock: &Clock, lifetime: Duration) -> Option<Arc<T>> {
        let limit = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
        let loaded = self.value.read().unwrap_or_else(PoisonError::into_inner);
        let loaded = loaded.as_ref()?;
        (clock.now_millis().saturating_sub(loaded.at_millis) < limit).then(|| Arc::clone(&loaded.value))
    }
}
