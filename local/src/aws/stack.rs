//! The stand-ins together: opened on one folder, reached in process or over loopback.
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use bytes::Bytes;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::barrier::Barriers;
use super::clock::{Clock, Now};
use super::dynamodb::{self, Endpoint, Record, Tables};
use super::faults::Faults;
use super::inbox::Inbox;
use super::kms::Keys;
use super::sqs::Queues;
use super::wire::Refusal;
use super::{AwsError, Barrier, Calls, Fault, client, serve};

/// Where the tables, keys and queues live.
#[derive(Clone, Debug)]
pub enum Data {
    /// In a temporary folder that goes with the last clone of the stack.
    Temporary,
    /// In this folder, which is made when it is missing; it survives restarts and crashes.
    Folder(PathBuf),
}

/// Who answers for DynamoDB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DynamoDb {
    /// The embedded one.
    #[default]
    Embedded,
    /// The embedded one, and what it is asked and answers goes into this file.
    Recorded(PathBuf),
    /// Another one at this URL, such as Amazon's DynamoDB Local: a database of its own for each stack.
    At(String),
}

/// How to open a [`Stack`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data lives.
    pub data: Data,
}

/// What must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// Nothing: the data goes with the process.
    ThisProcess,
    /// All that was acknowledged, whenever the process is killed.
    Restart,
}

impl Durability {
    /// SQLite's `synchronous` setting for it, with a write-ahead log.
    pub(super) fn synchronous(self) -> &'static str {
        match self {
            Self::ThisProcess => "OFF",
            Self::Restart => "NORMAL",
        }
    }
}

/// DynamoDB, KMS, SQS, SNS and SES in this process; cloning is cheap and shares them.
#[derive(Clone)]
pub struct Stack(Arc<Services>);

struct Services {
    tables: Tables,
    record: OnceLock<Record>,
    endpoint: OnceLock<Endpoint>,
    keys: Keys,
    queues: Queues,
    inbox: Inbox,
    calls: Calls,
    faults: Faults,
    barriers: Barriers,
    clock: Clock,
    // INVARIANT: last, so that the files are closed before their folder is removed.
    _temporary: Option<TempDir>,
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stack")
    }
}

impl Stack {
    /// Opens the stand-ins on their data, making it when it is missing.
    pub fn open(options: &Options) -> Result<Self, AwsError> {
        let (folder, temporary, durability) = match &options.data {
            Data::Temporary => {
                let folder = tempfile::tempdir().map_err(AwsError::file(std::env::temp_dir()))?;
                (folder.path().to_owned(), Some(folder), Durability::ThisProcess)
            }
            Data::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(AwsError::file(folder))?;
                (folder.clone(), None, Durability::Restart)
            }
        };
        let clock = Clock::system();
        Ok(Self(Arc::new(Services {
            tables: Tables::open(&folder.join("dynamodb.sqlite"), durability)?,
            record: OnceLock::new(),
            endpoint: OnceLock::new(),
            keys: Keys::open(folder.join("kms.json"), clock.clone())?,
            queues: Queues::open(&folder.join("sqs.sqlite"), durability, clock.clone())?,
            inbox: Inbox::new(clock.clone()),
            calls: Calls::default(),
            faults: Faults::default(),
            barriers: Barriers::default(),
            clock,
            _temporary: temporary,
        })))
    }

    /// A client for the SDK that answers from this process, for all five services.
    pub fn http_client(&self) -> SharedHttpClient {
        client::of(self.clone())
    }

    /// What [`Self::http_client`] sends requests by.
    pub fn connector(&self) -> SharedHttpConnector {
        client::connector(self.clone())
    }

    /// Answers on a loopback listener until `shutdown` resolves; requests under way are finished.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AwsError> {
        serve::until(self.clone(), listener, shutdown).await
    }

    /// Chooses who answers for DynamoDB, before anything is asked of it. The first choice stands.
    pub fn set_dynamodb(&self, dynamodb: &DynamoDb) -> Result<(), AwsError> {
        match dynamodb {
            DynamoDb::Embedded => {}
            DynamoDb::Recorded(file) => {
                let record = Record::create(file).map_err(AwsError::file(file))?;
                self.0.record.get_or_init(|| record);
            }
            DynamoDb::At(url) => {
                let endpoint = Endpoint::new(url)?;
                self.0.endpoint.get_or_init(|| endpoint);
            }
        }
        Ok(())
    }

    /// Creates a table from the JSON of `CreateTable`, with the attribute that holds its items' expiry.
    /// A table of that name that exists already stays as it is.
    pub fn create_table(&self, definition: Value, ttl_attribute: Option<&str>) -> Result<(), AwsError> {
        if let Some(endpoint) = self.0.endpoint.get() {
            endpoint.declare(definition.clone());
        }
        if let Some(record) = self.0.record.get() {
            // Its answer says nothing of the platform.
            let _same = record.note("CreateTable", definition.to_string().as_bytes(), || Ok(b"{}".to_vec()));
        }
        self.0.tables.create(definition, ttl_attribute)
    }

    /// The ARN of the KMS key under `alias/…`; a key of this `KeySpec` is made when there is none.
    pub fn create_key(&self, alias: &str, spec: &str) -> Result<String, AwsError> {
        self.0.keys.ensure(alias, spec)
    }

    /// Removes the items whose expiry has passed by the system's time, and says how many there were.
    /// Blocks while it runs.
    pub fn sweep_ttl(&self) -> Result<usize, AwsError> {
        self.0.tables.sweep()
    }

    /// Changes after every successful write to DynamoDB, so that nobody needs to poll a stream.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.0.tables.written()
    }

    /// The oldest stream records of a table that were not committed, as a Lambda's event holds them.
    pub fn stream_batch(&self, table: &str, limit: usize) -> Result<Vec<Value>, AwsError> {
        self.0.tables.stream_batch(table, limit)
    }

    /// As [`Self::stream_batch`], from whoever answers for DynamoDB.
    pub(crate) async fn read_stream(&self, table: &str, limit: usize) -> Result<Vec<Value>, AwsError> {
        match self.0.endpoint.get() {
            Some(endpoint) => endpoint.stream_batch(table, limit).await,
            None => self.stream_batch(table, limit),
        }
    }

    /// As [`Self::stream_commit`], up to and with this record, with whoever answers for DynamoDB.
    pub(crate) fn commit_stream(&self, table: &str, record: &Value) -> Result<(), AwsError> {
        match self.0.endpoint.get() {
            Some(endpoint) => {
                endpoint.stream_commit(table, record);
                Ok(())
            }
            None => {
                self.stream_commit(table, record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default())
            }
        }
    }

    /// Forgets a table's stream records up to and with this one: they were consumed.
    pub fn stream_commit(&self, table: &str, sequence_number: &str) -> Result<(), AwsError> {
        self.0.tables.stream_commit(table, sequence_number)
    }

    /// The mails and text messages that were sent.
    pub fn inbox(&self) -> &Inbox {
        &self.0.inbox
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.0.queues
    }

    /// Counts of the calls made, whichever way they came.
    pub fn calls(&self) -> Calls {
        self.0.calls.clone()
    }

    /// Has the next call of an operation, such as `dynamodb.PutItem`, meet a fault. Faults queue up.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.0.faults.add(operation, fault);
    }

    /// Has every request meet `fault` once, where it can, and be spared when it comes again; `None` ends that.
    pub fn fail_each(&self, fault: Option<Fault>) {
        self.0.faults.add_to_each(fault);
    }

    /// Holds each call of an operation, such as `dynamodb.PutItem`, whose body contains `text`, until the barrier is released.
    pub fn hold(&self, operation: &str, text: &str) -> Barrier {
        self.0.barriers.add(operation, text)
    }

    /// Replaces the time (seconds since the Unix epoch) that KMS, SQS and the inbox go by.
    pub fn set_clock(&self, now: Now) {
        self.0.clock.set(now);
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.0.tables
    }

    /// Carries out one operation of DynamoDB.
    pub(super) async fn dynamodb(&self, operation: &str, body: Bytes) -> Result<Vec<u8>, Refusal> {
        let tables = self.tables();
        if let Some(endpoint) = self.0.endpoint.get() {
            let answer = endpoint.perform(operation, body).await?;
            if dynamodb::writes(operation) {
                tables.announce();
            }
            return Ok(answer);
        }
        let perform = || dynamodb::perform(tables, operation, &body);
        match self.0.record.get() {
            Some(record) => record.note(operation, &body, perform),
            None => perform(),
        }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(super) fn barriers(&self) -> &Barriers {
        &self.0.barriers
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.0.faults
    }
}
