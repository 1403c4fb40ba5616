//! The Lambdas of the template, and what calls them beside routes: streams, queues, schedules.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Document, Resource};
use super::values::Attribute;
use super::{TemplateError, typed};

/// A Lambda.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name everywhere, such as `oauth-token`: the last folder of its `CodeUri`.
    pub name: String,
    /// Its logical id in the template, such as `OauthTokenFunction`.
    pub resource: String,
    /// Its memory in megabytes.
    pub memory_mb: u32,
    /// After how long it is stopped.
    pub timeout: Duration,
    pub(super) environment: BTreeMap<String, Value>,
}

/// A stream or queue that feeds a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSource {
    /// What is read from.
    pub origin: Origin,
    /// The name of the function that is called.
    pub function: String,
    /// How many records it gets at most in one call.
    pub batch_size: usize,
    /// The kinds of stream record that are passed on, such as `INSERT`; all of them when empty.
    pub event_names: Vec<String>,
}

/// Where the records of an event source come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The stream of the table with this logical id.
    Stream(String),
    /// The queue with this logical id.
    Queue(String),
}

/// A function that is run by the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The name of the function that is called.
    pub function: String,
    /// When.
    pub cadence: Cadence,
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// Each time that this much has passed.
    Every(Duration),
    /// At the times that a cron expression of six fields names.
    Cron(String),
}

/// A function and what calls it.
pub(super) struct Parts {
    pub(super) function: Function,
    pub(super) sources: Vec<EventSource>,
    pub(super) schedules: Vec<Schedule>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Properties {
    code_uri: Option<String>,
    memory_size: Option<u32>,
    timeout: Option<u64>,
    environment: Environment,
    events: BTreeMap<String, Event>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Environment {
    variables: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties")]
enum Event {
    #[serde(rename = "DynamoDB")]
    DynamoDb(StreamEvent),
    #[serde(rename = "SQS")]
    Sqs(QueueEvent),
    Schedule(ScheduleEvent),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamEvent {
    stream: Attribute,
    #[serde(default = "default_stream_batch")]
    batch_size: usize,
    #[serde(default)]
    filter_criteria: FilterCriteria,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueEvent {
    queue: Attribute,
    #[serde(default = "default_queue_batch")]
    batch_size: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduleEvent {
    schedule: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    pattern: String,
}

/// The one filter that the host knows: by the kind of record.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pattern {
    event_name: Vec<String>,
}

const fn default_stream_batch() -> usize {
    100
}

const fn default_queue_batch() -> usize {
    10
}

/// What Lambda grants a function that asks for nothing.
const DEFAULT_MEMORY_MB: u32 = 128;
const DEFAULT_TIMEOUT_SECONDS: u64 = 3;

pub(super) fn read(
    document: &Document,
    logical_id: &str,
    resource: &Resource,
) -> Result<Parts, TemplateError> {
    let globals: Properties = match document.function_globals() {
        Value::Null => Properties::default(),
        globals => typed("Globals", globals)?,
    };
    let own: Properties = typed(logical_id, &resource.properties)?;
    let code_uri = own.code_uri.unwrap_or_default();
    let name = code_uri.trim_end_matches('/');
    let name = name.rsplit('/').next().unwrap_or(name);

    let mut environment = globals.environment.variables;
    environment.extend(own.environment.variables);
    let timeout = own.timeout.or(globals.timeout);
    let function = Function {
        name: name.to_owned(),
        resource: logical_id.to_owned(),
        memory_mb: own.memory_size.or(globals.memory_size).unwrap_or(DEFAULT_MEMORY_MB),
        timeout: Duration::from_secs(timeout.unwrap_or(DEFAULT_TIMEOUT_SECONDS)),
        environment,
    };
    let mut parts = Parts { function, sources: Vec::new(), schedules: Vec::new() };
    for event in own.events.into_values() {
        parts.add(logical_id, event)?;
    }
    Ok(parts)
}

impl Parts {
    fn add(&mut self, logical_id: &str, event: Event) -> Result<(), TemplateError> {
        let function = self.function.name.clone();
        match event {
            Event::DynamoDb(event) => self.sources.push(EventSource {
                origin: Origin::Stream(event.stream.resource),
                function,
                batch_size: event.batch_size,
                event_names: event.filter_criteria.event_names(logical_id)?,
            }),
            Event::Sqs(event) => self.sources.push(EventSource {
                origin: Origin::Queue(event.queue.resource),
                function,
                batch_size: event.batch_size,
                event_names: Vec::new(),
            }),
            Event::Schedule(event) => {
                self.schedules.push(Schedule { function, cadence: event.schedule.parse()? })
            }
        }
        Ok(())
    }
}

impl FilterCriteria {
    fn event_names(&self, logical_id: &str) -> Result<Vec<String>, TemplateError> {
        let mut names = Vec::new();
        for filter in &self.filters {
            let pattern: Pattern = serde_json::from_str(&filter.pattern)
                .map_err(|source| TemplateError::Unknown { part: logical_id.to_owned(), source })?;
            names.extend(pattern.event_name);
        }
        Ok(names)
    }
}

impl std::str::FromStr for Cadence {
    type Err = TemplateError;

    /// `rate(1 day)` or `cron(17 3 * * ? *)`, as Amazon EventBridge writes them.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let inner = |kind: &str| text.strip_prefix(kind)?.strip_suffix(')');
        if let Some(cron) = inner("cron(") {
            return Ok(Self::Cron(cron.to_owned()));
        }
        inner("rate(").and_then(rate).map(Self::Every).ok_or_else(|| TemplateError::Schedule(text.to_owned()))
    }
}

fn rate(text: &str) -> Option<Duration> {
    let (count, unit) = text.split_once(' ')?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 60 * 60,
        "day" | "days" => 24 * 60 * 60,
        _ => return None,
    };
    let count: u64 = count.parse().ok()?;
    count.checked_mul(seconds).map(Duration::from_secs)
}
