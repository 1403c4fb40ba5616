//! Processor time of a future: what its polls cost the threads that ran them, without the time it waited.
use std::pin::pin;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What `future` makes, and the processor time that it took.
pub(super) async fn metered<F: Future>(future: F) -> (F::Output, Duration) {
    let mut future = pin!(future);
    let mut spent = Duration::ZERO;
    let output = std::future::poll_fn(|context| {
        let before = thread_time();
        let polled = future.as_mut().poll(context);
        spent += thread_time().saturating_sub(before);
        polled
    })
    .await;
    (output, spent)
}

/// The processor time that this thread has used.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
