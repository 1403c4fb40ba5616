//! DynamoDB: the embedded `dynoxide`, on a file always, with the streams kept short.
//!
//! The database is a file even for tests: two connections must see it, dynoxide's own and ours, which keeps an
//! index and trims what was consumed.
mod endpoint;
mod operations;
mod record;
mod streams;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Mutex;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::{Database, DynoxideError};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::AwsError;
use super::stack::Durability;

pub(super) use endpoint::Endpoint;
pub(super) use operations::{perform, writes};
pub(super) use record::Record;

/// The tables, their streams, and the signal that something was written.
pub(super) struct Tables {
    database: Database,
    /// Our own connection to the same file: for the index and for trimming.
    streams: Mutex<Connection>,
    written: watch::Sender<u64>,
}

impl Tables {
    pub(super) fn open(file: &Path, durability: Durability) -> Result<Self, AwsError> {
        let database = Database::new(&file.to_string_lossy())?;
        match durability {
            // No write waits for the disk.
            Durability::ThisProcess => database.enable_bulk_loading()?,
            // WAL with `synchronous = NORMAL`: what was acknowledged survives the death of the process.
            Durability::Restart => database.disable_bulk_loading()?,
        }
        let streams = streams::connect(file, durability)?;
        Ok(Self { database, streams: Mutex::new(streams), written: watch::Sender::new(0) })
    }

    /// Creates a table unless it exists, and has it expire items by `ttl_attribute`.
    pub(super) fn create(&self, definition: Value, ttl_attribute: Option<&str>) -> Result<(), AwsError> {
        let request: CreateTableRequest = serde_json::from_value(definition)?;
        let table = request.table_name.clone();
        match self.database.create_table(request) {
            Ok(_) | Err(DynoxideError::ResourceInUseException(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let metadata = self.database.get_table_metadata(&table)?;
        let expires = metadata.is_some_and(|metadata| metadata.ttl_enabled);
        // Asked apart from the creation: the process may have died between the two.
        if let Some(attribute) = ttl_attribute.filter(|_| !expires) {
            let request = json!({
                "TableName": table,
                "TimeToLiveSpecification": { "Enabled": true, "AttributeName": attribute },
            });
            self.database.update_time_to_live(serde_json::from_value(request)?)?;
        }
        Ok(())
    }

    /// Deletes what has expired by the system's time; returns how many items that were.
    pub(super) fn sweep(&self) -> Result<usize, AwsError> {
        let removed = self.database.sweep_ttl()?;
        if removed > 0 {
            self.announce();
        }
        Ok(removed)
    }

    /// A number that grows with every successful write.
    pub(super) fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Tells whoever waits for writes that there was one.
    pub(super) fn announce(&self) {
        self.written.send_modify(|writes| *writes += 1);
    }
}
