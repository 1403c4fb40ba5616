//! The queues and their messages in SQLite: what was acknowledged survives the process.
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::{DeadLetter, Depth, QueueOptions, Received, arn};
use crate::aws::clock::Clock;
use crate::aws::stack::Durability;
use crate::aws::wire::random_id;
use crate::aws::{ACCOUNT, AwsError, REGION};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS queues (
        name TEXT PRIMARY KEY,
        visibility_timeout INTEGER NOT NULL,
        delay INTEGER NOT NULL,
        dead_letter TEXT,
        max_receives INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS messages (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER,
        receipt TEXT UNIQUE
    ) STRICT;
    CREATE INDEX IF NOT EXISTS messages_due ON messages (queue, visible_at);
";

/// The queues.
pub struct Queues {
    connection: Mutex<Connection>,
    clock: Clock,
    sent: watch::Sender<u64>,
}

/// A message to send.
pub(super) struct Draft<'a> {
    pub(super) body: &'a str,
    pub(super) attributes: &'a Map<String, Value>,
    /// Instead of the queue's own.
    pub(super) delay: Option<i64>,
}

impl Queues {
    pub(in crate::aws) fn open(file: &Path, durability: Durability, clock: Clock) -> Result<Self, AwsError> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", durability.synchronous())?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection), clock, sent: watch::Sender::new(0) })
    }

    /// Creates a queue, or has the one of that name behave like this from now on.
    pub fn create(&self, name: &str, options: &QueueOptions) -> Result<(), AwsError> {
        let dead_letter = options.dead_letter.as_ref();
        self.connection().execute(
            "INSERT OR REPLACE INTO queues (name, visibility_timeout, delay, dead_letter, max_receives) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                name,
                options.visibility_timeout,
                options.delay,
                dead_letter.map(|dead_letter| &dead_letter.queue),
                dead_letter.map(|dead_letter| dead_letter.max_receives),
            ],
        )?;
        Ok(())
    }

    /// How a queue behaves, if there is one of that name.
    pub fn find(&self, name: &str) -> Result<Option<QueueOptions>, AwsError> {
        options_of(&self.connection(), name)
    }

    /// The names of all queues.
    pub fn names(&self) -> Result<Vec<String>, AwsError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT name FROM queues ORDER BY name")?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// The URL by which the API names a queue.
    pub fn url(&self, name: &str) -> String {
        format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
    }

    /// The ARN by which the template and the events name a queue.
    pub fn arn(&self, name: &str) -> String {
        arn(name)
    }

    /// How many messages a queue holds.
    pub fn depth(&self, name: &str) -> Result<Depth, AwsError> {
        Ok(self.connection().query_row(
            "SELECT COUNT(*) FILTER (WHERE visible_at <= ?2), \
                    COUNT(*) FILTER (WHERE visible_at > ?2 AND receives > 0), \
                    COUNT(*) FILTER (WHERE visible_at > ?2 AND receives = 0) \
             FROM messages WHERE queue = ?1",
            params![name, self.clock.now()],
            |row| Ok(Depth { visible: row.get(0)?, in_flight: row.get(1)?, delayed: row.get(2)? }),
        )?)
    }

    /// Sends a message without attributes; returns its id.
    pub fn send(&self, name: &str, body: &str) -> Result<String, AwsError> {
        self.enqueue(name, &Draft { body, attributes: &Map::new(), delay: None })
    }

    pub(super) fn enqueue(&self, name: &str, draft: &Draft<'_>) -> Result<String, AwsError> {
        let id = random_id()?;
        let connection = self.connection();
        let options = options_of(&connection, name)?.ok_or_else(|| no_such_queue(name))?;
        let now = self.clock.now();
        connection
            .prepare_cached(
                "INSERT INTO messages (queue, id, body, attributes, sent_at, visible_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                name,
                id,
                draft.body,
                serde_json::to_string(draft.attributes)?,
                now,
                now + draft.delay.unwrap_or(options.delay),
            ])?;
        drop(connection);
        self.announce();
        Ok(id)
    }

    /// Receives up to so many messages, and hides them for the queue's visibility time-out.
    pub fn receive(&self, name: &str, limit: usize) -> Result<Vec<Received>, AwsError> {
        self.take(name, limit, None)
    }

    pub(super) fn take(
        &self,
        name: &str,
        limit: usize,
        visibility_timeout: Option<i64>,
    ) -> Result<Vec<Received>, AwsError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let options = options_of(&transaction, name)?.ok_or_else(|| no_such_queue(name))?;
        let now = self.clock.now();
        let buried = match &options.dead_letter {
            Some(dead_letter) => bury(&transaction, name, dead_letter, now)?,
            None => 0,
        };
        let hidden_until = now + visibility_timeout.unwrap_or(options.visibility_timeout);
        let received = take_due(&transaction, Due { queue: name, limit, now, hidden_until })?;
        transaction.commit()?;
        drop(connection);
        if buried > 0 {
            self.announce();
        }
        Ok(received)
    }

    /// Makes every received message due again at once, as if its time-out had passed: for a host whose functions, which held them,
    /// ended with the process before.
    pub fn release(&self) -> Result<(), AwsError> {
        self.connection()
            .execute("UPDATE messages SET visible_at = sent_at WHERE receipt IS NOT NULL", [])?;
        Ok(())
    }

    /// Deletes a message by the handle of its last receipt; says whether there was one.
    pub fn delete(&self, name: &str, receipt: &str) -> Result<bool, AwsError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("DELETE FROM messages WHERE queue = ?1 AND receipt = ?2")?;
        Ok(statement.execute([name, receipt])? > 0)
    }

    /// Hides a received message for so many seconds from now; says whether it was still in flight.
    pub fn hide(&self, name: &str, receipt: &str, seconds: i64) -> Result<bool, AwsError> {
        let now = self.clock.now();
        let changed = self.connection().execute(
            "UPDATE messages SET visible_at = ?3 WHERE queue = ?1 AND receipt = ?2 AND visible_at > ?4",
            params![name, receipt, now + seconds, now],
        )?;
        if seconds == 0 {
            self.announce();
        }
        Ok(changed > 0)
    }

    /// Deletes all messages of a queue.
    pub fn purge(&self, name: &str) -> Result<(), AwsError> {
        self.connection().execute("DELETE FROM messages WHERE queue = ?1", [name])?;
        Ok(())
    }

    /// When the next hidden message of a queue comes to light, in seconds since the Unix epoch.
    pub fn next_due(&self, name: &str) -> Result<Option<i64>, AwsError> {
        Ok(self.connection().query_row(
            "SELECT MIN(visible_at) FROM messages WHERE queue = ?1 AND visible_at > ?2",
            params![name, self.clock.now()],
            |row| row.get(0),
        )?)
    }

    /// Changes whenever a message may have come to light by other means than time.
    pub fn sent(&self) -> watch::Receiver<u64> {
        self.sent.subscribe()
    }

    fn announce(&self) {
        self.sent.send_modify(|count| *count += 1);
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn options_of(connection: &Connection, name: &str) -> Result<Option<QueueOptions>, AwsError> {
    let mut statement = connection.prepare_cached(
        "SELECT visibility_timeout, delay, dead_letter, max_receives FROM queues WHERE name = ?1",
    )?;
    let options = statement.query_row([name], |row| {
        let dead_letter = Option::zip(row.get::<_, Option<String>>(2)?, row.get::<_, Option<i64>>(3)?);
        Ok(QueueOptions {
            visibility_timeout: row.get(0)?,
            delay: row.get(1)?,
            dead_letter: dead_letter.map(|(queue, max_receives)| DeadLetter { queue, max_receives }),
        })
    });
    Ok(options.optional()?)
}

/// Moves the messages that were received too often; as in SQS they keep their id and the time they were sent.
fn bury(
    transaction: &Transaction<'_>,
    queue: &str,
    dead_letter: &DeadLetter,
    now: i64,
) -> Result<usize, AwsError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE messages SET queue = ?2, receives = 0, first_received_at = NULL, receipt = NULL \
         WHERE queue = ?1 AND visible_at <= ?3 AND receives >= ?4",
    )?;
    Ok(statement.execute(params![queue, dead_letter.queue, now, dead_letter.max_receives])?)
}

struct Due<'a> {
    queue: &'a str,
    limit: usize,
    now: i64,
    hidden_until: i64,
}

/// Takes the oldest visible messages, each under a new handle.
fn take_due(transaction: &Transaction<'_>, due: Due<'_>) -> Result<Vec<Received>, AwsError> {
    let sequences: Vec<i64> = transaction
        .prepare_cached(
            "SELECT sequence FROM messages WHERE queue = ?1 AND visible_at <= ?2 ORDER BY sequence LIMIT ?3",
        )?
        .query_map(params![due.queue, due.now, i64::try_from(due.limit).unwrap_or(i64::MAX)], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    let mut statement = transaction.prepare_cached(
        "UPDATE messages SET visible_at = ?2, receives = receives + 1, receipt = ?3, \
             first_received_at = COALESCE(first_received_at, ?4) \
         WHERE sequence = ?1 \
         RETURNING id, body, attributes, receives, sent_at, first_received_at",
    )?;
    let mut received = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let receipt = random_id()?;
        let (message, attributes) =
            statement.query_row(params![sequence, due.hidden_until, receipt, due.now], |row| {
                let message = Received {
                    id: row.get(0)?,
                    receipt: receipt.clone(),
                    body: row.get(1)?,
                    attributes: Map::new(),
                    receives: row.get(3)?,
                    sent_at: row.get(4)?,
                    first_received_at: row.get(5)?,
                };
                Ok((message, row.get::<_, String>(2)?))
            })?;
        received.push(Received { attributes: serde_json::from_str(&attributes)?, ..message });
    }
    Ok(received)
}

fn no_such_queue(name: &str) -> AwsError {
    AwsError::Refused {
        code: super::operations::NO_SUCH_QUEUE.to_owned(),
        message: format!("the queue `{name}` does not exist"),
    }
}
