//! The streams: read in order, and trimmed once consumed.
//!
//! A write to a table with a stream looks up the highest sequence number first. Without the index below that is a
//! scan of all that nobody has consumed.
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use dynoxide::streams::{shard_id, stream_arn};
use rusqlite::{Connection, params};
use serde_json::Value;

use super::Tables;
use crate::aws::AwsError;
use crate::aws::stack::Durability;

/// How long a trim waits while another connection writes.
const BUSY: Duration = Duration::from_secs(5);
/// What dynoxide adds to a stored sequence number to show it (`sequence_numbers_are_as_dynoxide_shows_them`).
const OFFSET: u128 = 100_000_000_000_000_000_000;

/// Connects to the database file that dynoxide has already laid out.
pub(super) fn connect(file: &Path, durability: Durability) -> Result<Connection, AwsError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", durability.synchronous())?;
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS latchkey_stream_sequence \
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(connection)
}

impl Tables {
    /// The oldest records that nobody has committed yet, as a Lambda's event holds them.
    pub(in crate::aws) fn stream_batch(&self, table: &str, limit: usize) -> Result<Vec<Value>, AwsError> {
        let metadata = self.database.get_table_metadata(table)?;
        let Some(label) = metadata.and_then(|metadata| metadata.stream_label) else {
            return Err(AwsError::NoSuchRecord(table.to_owned()));
        };
        let arn = stream_arn(table, &label);
        let request = GetRecordsRequest {
            shard_iterator: encode_shard_iterator(table, &shard_id(table), 0),
            limit: Some(limit),
        };
        let records = self.database.get_records(request)?.records;
        records
            .iter()
            .map(|record| {
                let mut record = serde_json::to_value(record)?;
                record["eventSourceARN"] = Value::from(arn.as_str());
                Ok(record)
            })
            .collect()
    }

    /// Forgets all records up to this one: they were consumed.
    pub(in crate::aws) fn stream_commit(&self, table: &str, sequence_number: &str) -> Result<(), AwsError> {
        let stored =
            stored(sequence_number).ok_or_else(|| AwsError::NoSuchRecord(sequence_number.to_owned()))?;
        let connection = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        connection
            .prepare_cached(
                "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2",
            )?
            .execute(params![table, stored])?;
        Ok(())
    }
}

pub(super) fn stored(sequence_number: &str) -> Option<i64> {
    let shown: u128 = sequence_number.parse().ok()?;
    i64::try_from(shown.checked_sub(OFFSET)?).ok()
}
