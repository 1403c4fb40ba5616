//! The local host under measurement: the release build in the test profile, in a process of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use http::Method;
use runtime::process;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::connection::{Call, Connection};
use crate::error::BenchError;

/// The running host; it ends with this value.
pub(crate) struct Host {
    pub(crate) port: u16,
    pid: u32,
    _child: Child,
}

/// What the host has used at some moment.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    /// Processor time of the whole process.
    pub(crate) processor: Duration,
    /// Processor time of the stand-ins, for requests.
    pub(crate) stand_ins: Duration,
    /// Processor time of event functions, with their stand-ins.
    pub(crate) aside: Duration,
    /// Calls to AWS, for requests.
    pub(crate) calls: BTreeMap<String, u64>,
}

impl Host {
    /// Starts `binary` and waits until it is ready.
    pub(crate) async fn start(binary: &Path) -> Result<Self, BenchError> {
        let mut child = Command::new(binary)
            .args(["--profile", "test", "--memory", "--port", "0", "--aws-port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::system(&format!("start `{}`", binary.display())))?;
        let pid = child.id().ok_or(BenchError::NotReady)?;
        let output = child.stdout.take().ok_or(BenchError::NotReady)?;
        let mut lines = BufReader::new(output).lines();
        let mut port = None;
        while let Some(line) = lines.next_line().await.map_err(BenchError::system("listen to the host"))? {
            if let Some((_, issuer)) = line.split_once("up on http://localhost:") {
                port = issuer.trim().parse().ok();
            }
            if line.starts_with("ready") {
                // What it says later is of no interest, but somebody has to take it.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                let port = port.ok_or(BenchError::NotReady)?;
                return Ok(Self { port, pid, _child: child });
            }
        }
        Err(BenchError::NotReady)
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> Result<Connection, BenchError> {
        Connection::open(self.port).await
    }

    /// Its issuer.
    pub(crate) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts the count of calls from zero.
    pub(crate) async fn reset(&self) -> Result<(), BenchError> {
        let call = Call { method: Method::DELETE, ..Call::get("/_local/calls") };
        self.connect().await?.send(&call).await.map(|_| ())
    }

    /// What it has used until now.
    pub(crate) async fn usage(&self) -> Result<Usage, BenchError> {
        let processor = process::processor_time(self.pid).map_err(BenchError::system("watch the host"))?;
        let told = self.connect().await?.ask(&Call::get("/_local/calls")).await?;
        let entries = told["calls"].as_object().cloned().unwrap_or_default();
        let micros = |value: &Value| Duration::from_micros(value.as_u64().unwrap_or_default());
        Ok(Usage {
            processor,
            stand_ins: entries.values().map(|entry| micros(&entry["micros"])).sum(),
            aside: micros(&told["aside_micros"]),
            calls: entries
                .into_iter()
                .map(|(operation, entry)| (operation, entry["count"].as_u64().unwrap_or_default()))
                .collect(),
        })
    }
}
