//! The platform in one process: tables, queues and keys as template.yaml declares them, one `App` on the stand-ins.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use aws_credential_types::Credentials;
use shared::app::{App, AwsOptions, Endpoints};
use shared::clock::Clock;
use shared::config::{Config, ConfigError};
use shared::rng::Rng;

use crate::aws::{self, AwsError, DeadLetter, QueueOptions, Stack};
use crate::template::{Queue, Template, TemplateError, Values};

/// Why the platform did not start.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The template was not understood.
    #[error("template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// The stand-ins did not open.
    #[error("the AWS stand-ins: {0}")]
    Aws(#[from] AwsError),
    /// The template gives the functions an environment that they refuse.
    #[error("the functions' environment: {0}")]
    Config(#[from] ConfigError),
    /// The template declares no functions.
    #[error("the template declares no functions")]
    Empty,
    /// An event function failed.
    #[error("the function `{function}` failed: {source}")]
    Function {
        /// Which.
        function: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What a platform is started with.
pub struct Start<'a> {
    /// The template.
    pub template: &'a Path,
    /// Where the stand-ins keep their data.
    pub data: aws::Data,
    /// Who answers for DynamoDB.
    pub dynamodb: aws::DynamoDb,
    /// The issuer.
    pub issuer: &'a str,
    /// Where clients come to with certificates: a host, with its port.
    pub mtls_domain: &'a str,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub rng: Rng,
}

/// The platform in one process.
pub struct Platform {
    /// The functions' handles.
    pub app: Arc<App>,
    /// AWS.
    pub stack: Stack,
    /// What is served.
    pub template: Template,
    pub(crate) running: tokio::sync::Mutex<()>,
    environment: BTreeMap<String, String>,
}

const ALIAS: &str = "alias/latchkey/local";

impl Platform {
    /// Opens the data, makes what the template declares and is not there yet, and builds the app. It serves nothing yet.
    ///
    /// # Errors
    /// When the template is wrong or the data cannot be opened.
    pub fn start(start: Start<'_>) -> Result<Self, PlatformError> {
        let template = Template::read(start.template)?;
        let stack = Stack::open(&aws::Options { data: start.data })?;
        stack.set_dynamodb(&start.dynamodb)?;
        let clock = start.clock.clone();
        stack.set_clock(Arc::new(move || clock.now().0));
        for table in &template.tables {
            stack.create_table(table.create_request(&table.logical_id), table.ttl.as_deref())?;
        }
        for queue in &template.queues {
            stack.queues().create(&queue.logical_id, &queue_options(queue))?;
        }
        // No function of ours runs yet: what one held when the last process was killed is due again.
        stack.queues().release()?;
        stack.create_key(ALIAS, "SYMMETRIC_DEFAULT")?;
        let environment = environment(&template, &stack, (start.issuer, start.mtls_domain))?;
        let variables: HashMap<String, String> = environment.clone().into_iter().collect();
        let config = Config::from_variables(&variables)?;
        let app = Arc::new(App::with(config, aws_options(&stack), start.clock, start.rng));
        Ok(Self { app, stack, template, running: tokio::sync::Mutex::new(()), environment })
    }

    /// The environment of the functions, for the real binaries.
    #[must_use]
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }
}

fn queue_options(queue: &Queue) -> QueueOptions {
    let dead_letter = queue.redrive.as_ref().map(|redrive| DeadLetter {
        queue: redrive.dead_letters.clone(),
        max_receives: i64::from(redrive.max_receives),
    });
    let visibility_timeout = i64::try_from(queue.visibility_timeout.as_secs()).unwrap_or(i64::MAX);
    QueueOptions { visibility_timeout, dead_letter, ..QueueOptions::default() }
}

fn aws_options(stack: &Stack) -> AwsOptions {
    AwsOptions {
        credentials: Credentials::new("local", "local", None, None, "local"),
        connector: Some(stack.connector()),
        endpoints: Endpoints::all("http://127.0.0.1"),
    }
}

/// The variables of all functions: the template gives each the same set, and some more to the seed.
fn environment(
    template: &Template,
    stack: &Stack,
    (issuer, mtls_domain): (&str, &str),
) -> Result<BTreeMap<String, String>, PlatformError> {
    let mut values = Values::default()
        .with("Issuer", issuer)
        .with("ClientCertificates", "gateway")
        .with("MutualTlsDomain", mtls_domain)
        .with("Proxy", "none")
        .with("OriginSecretArn", "")
        .with("MailFrom", "Latchkey <no-reply@localhost>")
        .with("AdminEmail", "")
        .with("AWS::Region", aws::REGION)
        .with("AWS::AccountId", aws::ACCOUNT)
        .with("AWS::Partition", "aws")
        .with("AWS::StackName", "local")
        .with("DataKey", ALIAS)
        .with("DataKey.Arn", ALIAS);
    for table in &template.tables {
        values = values.with(&table.logical_id, &table.logical_id);
    }
    for queue in &template.queues {
        values = values.with(&queue.logical_id, stack.queues().url(&queue.logical_id));
    }
    let mut environment = BTreeMap::from([
        ("AWS_REGION".to_owned(), aws::REGION.to_owned()),
        // Applications in development have their keys and receivers on this machine.
        ("LATCHKEY_REACH".to_owned(), "local".to_owned()),
    ]);
    for function in &template.functions {
        environment.extend(template.environment(function, &values)?);
    }
    if template.functions.is_empty() { Err(PlatformError::Empty) } else { Ok(environment) }
}
