//! How long the queue keeps back what failed: longer with each attempt, where it would bring it again after the same time for ever.

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;

use super::Queued;
use crate::app::App;

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
