//! Lambda's event sources: streams and queues to their functions, schedules by the clock, and DynamoDB's collection of what expired.

use std::sync::Arc;
use std::time::Duration;

use functions::find;
use serde_json::{Value, json};
use shared::app::Handler;

use crate::platform::{Platform, PlatformError};
use crate::template::{Cadence, EventSource, Origin};

/// How often what expired is collected.
const SWEEP: Duration = Duration::from_secs(60);

impl Platform {
    /// Leaves events, schedules and queues to functions that run elsewhere.
    pub(crate) fn leave_events(&mut self) {
        self.template.sources.clear();
        self.template.schedules.clear();
    }

    /// Calls an event function with `event`.
    ///
    /// # Errors
    /// When there is no such function or it fails.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, PlatformError> {
        let failed = |source| PlatformError::Function { function: name.to_owned(), source };
        match find(name).map(|function| function.handler) {
            Some(Handler::Event(call)) => call(&self.app, event).await.map_err(failed),
            Some(Handler::Http(..)) | None => Err(failed("there is no such event function".into())),
        }
    }

    /// Feeds streams and queues to their functions until all are empty. What a function fails on stays where it is.
    ///
    /// # Errors
    /// When a function fails as a whole.
    pub async fn drain(&self) -> Result<(), PlatformError> {
        let _running = self.running.lock().await;
        loop {
            let mut moved = false;
            for source in &self.template.sources {
                moved |= match &source.origin {
                    Origin::Stream(table) => self.feed_stream(source, table).await?,
                    Origin::Queue(queue) => self.feed_queue(source, queue).await?,
                };
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// One batch of a stream. The records before the first failure count as consumed (`ReportBatchItemFailures`).
    async fn feed_stream(&self, source: &EventSource, table: &str) -> Result<bool, PlatformError> {
        let batch = self.stack.read_stream(table, source.batch_size).await?;
        let sequence =
            |record: &Value| record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned();
        let Some(mut last) = batch.last() else { return Ok(false) };
        let wanted = |record: &&Value| {
            source.event_names.is_empty()
                || source.event_names.iter().any(|name| record["eventName"] == name.as_str())
        };
        let records: Vec<&Value> = batch.iter().filter(wanted).collect();
        if !records.is_empty() {
            let answer = self.invoke(&source.function, json!({ "Records": records })).await?;
            if let Some(failed) = failures(&answer).next() {
                let before = batch.iter().take_while(|record| sequence(record) != failed).last();
                let Some(before) = before else { return Ok(false) };
                last = before;
            }
        }
        self.stack.commit_stream(table, last)?;
        Ok(true)
    }

    /// One batch of a queue. What the function does not report as failed is deleted.
    async fn feed_queue(&self, source: &EventSource, queue: &str) -> Result<bool, PlatformError> {
        let messages = self.stack.queues().receive(queue, source.batch_size)?;
        if messages.is_empty() {
            return Ok(false);
        }
        let records: Vec<Value> = messages.iter().map(|message| message.event_record(queue)).collect();
        let answer = self.invoke(&source.function, json!({ "Records": records })).await?;
        let failed: Vec<String> = failures(&answer).map(str::to_owned).collect();
        for message in messages.iter().filter(|message| !failed.contains(&message.id)) {
            self.stack.queues().delete(queue, &message.receipt)?;
        }
        Ok(failed.len() < messages.len())
    }

    /// Returns when the next hidden message of a queue that feeds a function comes to light; never where there is none.
    async fn message_due(&self) {
        let queues = self.template.sources.iter().filter_map(|source| match &source.origin {
            Origin::Queue(queue) => Some(queue),
            Origin::Stream(_) => None,
        });
        let due = queues.filter_map(|queue| self.stack.queues().next_due(queue).ok().flatten()).min();
        match due {
            Some(at) => {
                let seconds = u64::try_from(at - self.app.clock.now().0).unwrap_or_default();
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Runs event sources, schedules and the collection of what expired, until the task is dropped.
    pub async fn run(self: Arc<Self>) {
        let calls = self.stack.calls();
        let mut written = self.stack.written();
        let mut sweep = tokio::time::interval(SWEEP);
        let mut schedules: Vec<_> = self
            .template
            .schedules
            .iter()
            .map(|schedule| {
                (
                    schedule.function.clone(),
                    tokio::time::Instant::now() + period(&schedule.cadence),
                    period(&schedule.cadence),
                )
            })
            .collect();
        loop {
            tokio::select! {
                changed = written.changed() => {
                    if changed.is_err() { return }
                    self.report("events", calls.aside(self.drain()).await);
                }
                // What failed earlier comes back when its visibility time-out has passed.
                () = self.message_due() => self.report("events", calls.aside(self.drain()).await),
                _ = sweep.tick() => {
                    self.report("expiry", self.stack.sweep_ttl().map(|_| ()).map_err(PlatformError::from));
                    for (function, due, period) in &mut schedules {
                        if tokio::time::Instant::now() >= *due {
                            *due += *period;
                            self.report(function, calls.aside(self.invoke(function, json!({}))).await.map(|_| ()));
                        }
                    }
                    // What a function failed on as a whole.
                    self.report("events", calls.aside(self.drain()).await);
                }
            }
        }
    }

    fn report(&self, what: &str, outcome: Result<(), PlatformError>) {
        if let Err(error) = outcome {
            tracing::error!(what, %error, "background work failed");
        }
    }
}

/// The ids that a batch's answer reports as failed.
fn failures(answer: &Value) -> impl Iterator<Item = &str> {
    answer["batchItemFailures"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|failure| failure["itemIdentifier"].as_str())
}

/// A cron expression names times of day; on a laptop once a day is near enough.
fn period(cadence: &Cadence) -> Duration {
    match cadence {
        Cadence::Every(period) => *period,
        Cadence::Cron(_) => Duration::from_secs(24 * 3600),
    }
}
