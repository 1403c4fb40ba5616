//! Cold starts: from the start of a binary to its first answer, beside those of an empty Lambda started in turn with it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::{Outcome, Sandbox, SandboxError};

/// A binary that has started and answered.
#[derive(Clone, Debug)]
pub struct ColdStart {
    /// The function.
    pub name: String,
    /// The size of its binary, in bytes.
    pub size: u64,
    /// From its start until it asked for an event (Lambda's INIT).
    pub ready: Duration,
    /// From its start until its first answer.
    pub answered: Duration,
    /// The same two of the empty Lambda, in the same minute.
    pub empty: (Duration, Duration),
    /// The most memory that it had resident by then, in bytes.
    pub memory: u64,
}

/// The binaries of one build, and where they run.
#[derive(Debug)]
pub struct Binaries<'a> {
    /// The folder that cargo has put them into.
    pub folder: PathBuf,
    /// What Lambda would give them.
    pub environment: &'a BTreeMap<String, String>,
    /// How often each is started; the median counts.
    pub rounds: usize,
}

/// A start: until ready, until answered, and the memory.
type Times = (Duration, Duration, u64);

impl Binaries<'_> {
    /// Starts the function `name` and the empty Lambda in turn, and hands each `event`.
    ///
    /// # Errors
    /// When one of them cannot be started or does not answer.
    pub async fn measure(&self, name: &str, event: &[u8]) -> Result<ColdStart, SandboxError> {
        let empty_event = include_bytes!("../empty.json");
        let (mut starts, mut empties) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds.max(1) {
            empties.push(self.start("empty", empty_event).await?);
            starts.push(self.start(name, event).await?);
        }
        let size = std::fs::metadata(self.folder.join(name))?.len();
        Ok(ColdStart {
            name: name.to_owned(),
            size,
            ready: median(&starts, |start| start.0),
            answered: median(&starts, |start| start.1),
            empty: (median(&empties, |start| start.0), median(&empties, |start| start.1)),
            memory: starts.iter().map(|start| start.2).max().unwrap_or_default(),
        })
    }

    async fn start(&self, name: &str, event: &[u8]) -> Result<Times, SandboxError> {
        let mut sandbox = self.sandbox(name).await?;
        let ready = sandbox.ready().await?;
        let (_, answered) = sandbox.invoke(event).await?;
        let memory = sandbox.peak_memory()?;
        sandbox.terminate().await?;
        Ok((ready, answered, memory))
    }

    /// A sandbox with the binary of the function `name`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn sandbox(&self, name: &str) -> Result<Sandbox, SandboxError> {
        Sandbox::start(&self.folder.join(name), self.environment).await
    }

    /// What the function `name` makes of `event`, in a sandbox of its own.
    ///
    /// # Errors
    /// When it cannot be started or does not answer.
    pub async fn outcome(&self, name: &str, event: &[u8]) -> Result<Outcome, SandboxError> {
        Ok(self.sandbox(name).await?.invoke(event).await?.0)
    }
}

impl ColdStart {
    /// How many empty starts it takes: until ready, until answered.
    #[must_use]
    pub fn multiples(&self) -> (f64, f64) {
        let by = |time: Duration, empty: Duration| time.as_secs_f64() / empty.as_secs_f64();
        (by(self.ready, self.empty.0), by(self.answered, self.empty.1))
    }
}

impl fmt::Display for ColdStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebi = |bytes: u64| bytes / 1024 * 10 / 1024;
        let (by_ready, by_answered) = self.multiples();
        let (size, memory) = (mebi(self.size), mebi(self.memory));
        write!(
            formatter,
            "| {:<18} | {:>6}.{} | {:>8.2} | {:>7.2} | {:>9.2} | {:>7.2} | {:>5}.{} |",
            self.name,
            size / 10,
            size % 10,
            self.ready.as_secs_f64() * 1000.0,
            by_ready,
            self.answered.as_secs_f64() * 1000.0,
            by_answered,
            memory / 10,
            memory % 10,
        )
    }
}

/// The head of a table of cold starts.
pub const TABLE_HEAD: &str = "\
| function           | size MiB | ready ms | × empty | answer ms | × empty | RSS MiB |
|--------------------|---------:|---------:|--------:|----------:|--------:|--------:|";

fn median(starts: &[Times], of: fn(&Times) -> Duration) -> Duration {
    let mut times: Vec<_> = starts.iter().map(of).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The event of the function `name`.
///
/// # Errors
/// When it has none.
pub fn sample(events: &Path, name: &str) -> Result<Vec<u8>, SandboxError> {
    Ok(std::fs::read(events.join(format!("{name}.json")))?)
}

/// The body of an answer to API Gateway, as JSON if it is.
#[must_use]
pub fn body(answer: &Value) -> Value {
    let text = answer["body"].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
