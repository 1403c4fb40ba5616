//! One binary in the environment that Lambda gives it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::api::{self, Desk, Outcome};
use crate::process;

/// Far longer than anything here takes: what is still silent then is stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a binary gave no outcome.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// It could not be started or watched.
    #[error(transparent)]
    System(#[from] io::Error),
    /// It ended by itself.
    #[error("it ended with {status}; its log: {log}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// What it had said.
        log: String,
    },
    /// It neither answered nor ended.
    #[error("it is stuck; its log: {0}")]
    Stuck(String),
}

/// One running binary; it ends with this value.
pub struct Sandbox {
    child: Child,
    desk: Desk,
    log: File,
    started: Instant,
}

impl Sandbox {
    /// Starts `binary` with `environment` and nothing else.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(binary: &Path, environment: &BTreeMap<String, String>) -> Result<Self, SandboxError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = api::open(listener);
        let log = tempfile::tempfile()?;
        let name = binary.file_name().unwrap_or_default();
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "sample")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "sample")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn()?;
        Ok(Self { child, desk, log, started })
    }

    /// How long it took until it first asked for an event.
    ///
    /// # Errors
    /// When it ends or is stuck before.
    pub async fn ready(&mut self) -> Result<Duration, SandboxError> {
        let mut seen = self.desk.ready.clone();
        let asked = tokio::select! {
            asked = timeout(PATIENCE, seen.wait_for(Option::is_some)) => {
                asked.ok().and_then(Result::ok).and_then(|at| *at)
            }
            status = self.child.wait() => return Err(self.ended(status?)),
        };
        asked.map(|at| at - self.started).ok_or_else(|| SandboxError::Stuck(self.log()))
    }

    /// Hands `event` over; how it went, and how long after the start that was known.
    ///
    /// # Errors
    /// When it ends or is stuck instead of answering.
    pub async fn invoke(&mut self, event: &[u8]) -> Result<(Outcome, Duration), SandboxError> {
        let handed_over = self.desk.events.send(event.to_vec().into()).await;
        let outcome = tokio::select! {
            biased;
            outcome = timeout(PATIENCE, self.desk.outcomes.recv()), if handed_over.is_ok() => outcome.ok().flatten(),
            status = self.child.wait() => return Err(self.ended(status?)),
        };
        let (outcome, at) = outcome.ok_or_else(|| SandboxError::Stuck(self.log()))?;
        Ok((outcome, at - self.started))
    }

    /// The most memory that it ever had resident, in bytes.
    ///
    /// # Errors
    /// When it has ended.
    pub fn peak_memory(&self) -> Result<u64, SandboxError> {
        Ok(process::peak_memory(self.pid()?)?)
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it goes on.
    pub async fn terminate(mut self) -> Result<ExitStatus, SandboxError> {
        process::terminate(self.pid()?)?;
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => Err(SandboxError::Stuck(self.log())),
        }
    }

    fn pid(&self) -> io::Result<u32> {
        self.child.id().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn ended(&mut self, status: ExitStatus) -> SandboxError {
        SandboxError::Ended { status, log: self.log() }
    }

    /// What it has said, as far as that can be read.
    pub fn log(&mut self) -> String {
        let mut text = String::new();
        match self.log.rewind().and_then(|()| self.log.read_to_string(&mut text)) {
            Ok(_) => text,
            Err(error) => format!("no log: {error}"),
        }
    }
}

impl Outcome {
    /// What it answered, if it did.
    #[must_use]
    pub fn answer(self) -> Option<Value> {
        match self {
            Self::Answered(value) => Some(value),
            Self::Failed(_) | Self::NotStarted(_) => None,
        }
    }
}
