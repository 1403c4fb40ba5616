//! What was sent: mails and text messages, kept in memory for people and tests to read.
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use super::AwsError;
use super::clock::Clock;
use super::wire::random_id;

/// Older messages give way to newer ones.
const CAPACITY: usize = 10_000;

/// How a message went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By SES.
    Email,
    /// By SNS.
    Sms,
}

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The id that the service answered with.
    pub id: String,
    /// How it went out.
    pub channel: Channel,
    /// All recipients: addresses or numbers.
    pub to: Vec<String>,
    /// The sender, or empty when the service chooses.
    pub from: String,
    /// The subject; a text message has none.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML of a mail that has some.
    pub html: Option<String>,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
}

/// A message before the inbox has it.
pub(super) struct Draft {
    pub(super) channel: Channel,
    pub(super) to: Vec<String>,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

/// The messages that were sent, the newest first.
pub struct Inbox {
    messages: Mutex<VecDeque<Message>>,
    arrived: watch::Sender<u64>,
    clock: Clock,
}

impl Inbox {
    pub(super) fn new(clock: Clock) -> Self {
        Self { messages: Mutex::default(), arrived: watch::Sender::new(0), clock }
    }

    /// All messages, the newest first.
    pub fn all(&self) -> Vec<Message> {
        self.messages().iter().cloned().collect()
    }

    /// The messages to a recipient, the newest first; letter case does not matter.
    pub fn to(&self, recipient: &str) -> Vec<Message> {
        let is_to = |message: &&Message| message.to.iter().any(|to| to.eq_ignore_ascii_case(recipient));
        self.messages().iter().filter(is_to).cloned().collect()
    }

    /// One message.
    pub fn find(&self, id: &str) -> Option<Message> {
        self.messages().iter().find(|message| message.id == id).cloned()
    }

    /// Forgets all messages.
    pub fn clear(&self) {
        self.messages().clear();
    }

    /// Changes whenever a message arrives.
    pub fn arrived(&self) -> watch::Receiver<u64> {
        self.arrived.subscribe()
    }

    /// Takes a message in and gives it an id.
    pub(super) fn take(&self, draft: Draft) -> Result<String, AwsError> {
        let id = random_id()?;
        let Draft { channel, to, from, subject, text, html } = draft;
        let at = self.clock.now();
        let mut messages = self.messages();
        messages.truncate(CAPACITY - 1);
        messages.push_front(Message { id: id.clone(), channel, to, from, subject, text, html, at });
        drop(messages);
        self.arrived.send_modify(|count| *count += 1);
        Ok(id)
    }

    fn messages(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
