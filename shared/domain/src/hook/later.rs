//! How long the queue keeps back what failed: longer with each attempt, where it would bring it again after the same time for ever.

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;

use super::Queued;
use crate::app::App;

/// So often a client is tried to be told something; then the queue puts the message among the dead letters.
pub const ATTEMPTS: u32 = 9;
/// The wait after the first attempt that failed.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// Each wait is so many times the one before: the last attempt is nine hours after the first.
const GROWTH: u32 = 3;

/// How long to wait after this many attempts that failed; not at all after the last one.
#[must_use]
pub fn wait_after(attempts: u32) -> Duration {
    if attempts >= ATTEMPTS {
        return Duration::ZERO;
    }
    FIRST_WAIT.saturating_mul(GROWTH.saturating_pow(attempts.saturating_sub(1)))
}

/// Has `queue` bring `queued` again after `wait`. Where that fails, it comes again after the queue's own time.
pub async fn bring_later(app: &App, queue: &str, queued: &Queued, wait: Duration) {
    let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
    let asked = app
        .aws
        .sqs()
        .change_message_visibility()
        .queue_url(queue)
        .receipt_handle(&queued.receipt)
        .visibility_timeout(seconds)
        .send()
        .await;
    if let Err(error) = asked {
        tracing::warn!(item = queued.id, error = %DisplayErrorContext(error), "comes again too soon or too late");
    }
}
