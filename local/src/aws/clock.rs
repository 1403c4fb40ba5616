//! The stand-ins' time: the system's, until a test sets another.
use std::sync::{Arc, PoisonError, RwLock};

/// A source of seconds since the Unix epoch.
pub(super) type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The clock that all services share; cloning shares it.
#[derive(Clone)]
pub(super) struct Clock(Arc<RwLock<Now>>);

impl Clock {
    /// The one place that reads the system's time.
    #[expect(clippy::disallowed_methods, reason = "the services' time is the world's, not the platform's")]
    pub(super) fn system() -> Self {
        let now = || time::OffsetDateTime::now_utc().unix_timestamp();
        Self(Arc::new(RwLock::new(Arc::new(now))))
    }

    pub(super) fn set(&self, now: Now) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Seconds since the Unix epoch.
    pub(super) fn now(&self) -> i64 {
        let now = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        now()
    }
}
