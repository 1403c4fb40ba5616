//! Waiting while DynamoDB is busy: longer each time, never alike, and not for ever.

use std::time::Duration;

use super::StoreError;
use crate::app::App;

/// So often it is asked again: for three to four seconds altogether, of the ten that a function has.
const TRIES: u32 = 12;
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(400);

/// How long a call has waited.
#[derive(Default)]
pub(super) struct Patience(u32);

impl Patience {
    /// Waits before the next try.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after the last one.
    pub(super) async fn wait(&mut self, app: &App) -> Result<(), StoreError> {
        if self.0 == TRIES {
            return Err(StoreError::Busy);
        }
        let most = (FIRST * (1 << self.0.min(8))).min(LONGEST);
        self.0 += 1;
        // Between half of it and all of it, so that those who met do not meet again.
        let share = f64::from(app.rng.bytes::<1>()[0]) / 255.0;
        tokio::time::sleep(most.mul_f64(0.5 + share / 2.0)).await;
        Ok(())
    }
}
