//! Reads template.yaml and the stacks that it nests, so that the local host serves what is deployed and nothing else.
//!
//! Only what the host runs is read: functions, routes, tables, queues, event sources and
//! schedules. Roles, alarms and the like are left to AWS.

mod document;
mod functions;
mod routes;
mod stacks;
mod storage;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use functions::{Cadence, EventSource, Function, Origin, Schedule};
pub use routes::{Route, RouteMatch};
pub use storage::{Index, Keys, Queue, Redrive, StreamView, Table};
pub use values::Values;

use document::{Document, Resource};

/// The template, as far as this host runs it.
#[derive(Debug)]
pub struct Template {
    /// Every Lambda, in the order of its name.
    pub functions: Vec<Function>,
    /// Every route of the API.
    pub routes: Vec<Route>,
    /// Every table.
    pub tables: Vec<Table>,
    /// Every queue, dead letters included.
    pub queues: Vec<Queue>,
    /// What feeds functions from streams and queues.
    pub sources: Vec<EventSource>,
    /// What runs functions by the clock.
    pub schedules: Vec<Schedule>,
    parameters: BTreeMap<String, String>,
}

/// Why a template was not understood.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file could not be read.
    #[error("template `{path}` could not be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not YAML.
    #[error("the template is not well-formed YAML")]
    Malformed(#[source] Box<serde_saphyr::Error>),
    /// A part of the template is not shaped as this reader knows it.
    #[error("`{part}` of the template is not understood")]
    Unknown {
        /// A resource's logical id, or the template's section.
        part: String,
        /// What was wrong with it.
        source: serde_json::Error,
    },
    /// A reference to something that has no value here.
    #[error("`{0}` has no value on this host")]
    Unresolved(String),
    /// An expression that this reader does not evaluate.
    #[error("expression `{0}` is not evaluated on this host")]
    Expression(String),
    /// A route to something else than a function of its stack.
    #[error("route `{0}` leads to no function")]
    Target(String),
    /// A schedule that is neither `rate(…)` nor `cron(…)`.
    #[error("schedule `{0}` is neither a rate nor a cron expression")]
    Schedule(String),
}

impl Template {
    /// Reads the template at `path`, and the stacks that it nests.
    ///
    /// # Errors
    /// When a file can not be read or is not a template as this reader knows it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, TemplateError> {
        Self::of(&stacks::read(path.as_ref())?)
    }

    /// Reads a template without nested stacks from its text.
    ///
    /// # Errors
    /// When the text is not a template as this reader knows it.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Self::of(&[Document::parse(text)?])
    }

    fn of(documents: &[Document]) -> Result<Self, TemplateError> {
        let mut template = Self {
            functions: Vec::new(),
            routes: Vec::new(),
            tables: Vec::new(),
            queues: Vec::new(),
            sources: Vec::new(),
            schedules: Vec::new(),
            // Those of nested stacks are replaced by what they stand for.
            parameters: documents.first().map(Document::parameter_defaults).unwrap_or_default(),
        };
        for document in documents {
            for (logical_id, resource) in document.resources() {
                template.add(document, logical_id, resource)?;
            }
            template.routes.extend(routes::read(document, &template.functions)?);
        }
        template.functions.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(template)
    }

    /// The function of that name, such as `oauth-token`.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// The environment of a function: its own variables and those of all, every reference replaced.
    ///
    /// # Errors
    /// When a reference has no value here, or an expression is not one that this reader evaluates.
    pub fn environment(
        &self,
        function: &Function,
        values: &Values,
    ) -> Result<BTreeMap<String, String>, TemplateError> {
        function
            .environment
            .iter()
            .map(|(name, value)| {
                let value = values::resolve(value, values, &self.parameters)?;
                Ok((name.clone(), value))
            })
            .collect()
    }

    /// Which function answers a request, chosen as API Gateway's HTTP API does.
    #[must_use]
    pub fn route(&self, method: &http::Method, path: &str) -> RouteMatch<'_> {
        routes::find(&self.routes, method, path)
    }

    fn add(
        &mut self,
        document: &Document,
        logical_id: &str,
        resource: &Resource,
    ) -> Result<(), TemplateError> {
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => {
                let parts = functions::read(document, logical_id, resource)?;
                self.functions.push(parts.function);
                self.sources.extend(parts.sources);
                self.schedules.extend(parts.schedules);
            }
            "AWS::DynamoDB::Table" => self.tables.push(Table::read(logical_id, resource)?),
            "AWS::SQS::Queue" => self.queues.push(Queue::read(logical_id, resource)?),
            _ => {}
        }
        Ok(())
    }
}

/// Reads `value` as a `T`; `part` names it in the error.
fn typed<T: serde::de::DeserializeOwned>(part: &str, value: &Value) -> Result<T, TemplateError> {
    T::deserialize(value).map_err(|source| TemplateError::Unknown { part: part.to_owned(), source })
}
