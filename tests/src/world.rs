//! The platform in this process: tables of its own, a clock that stands still, and what can be seen from outside of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use http::{Method, Request, Response, header};
use local::aws::{Data, DynamoDb, Fault, Stack};
use local::gateway;
use local::options::Profile;
use local::platform::{Platform, Start};
use local::template::RouteMatch;
use serde_json::{Value, json};
use shared::app::App;
use shared::clock::{Clock, Timestamp};
use shared::config::Config;
use shared::rng::Rng;
use tokio::task::{JoinHandle, JoinSet};

use crate::{View, Visitor};

/// A customer who is there from the start.
pub const ADA: &str = "ada@example.com";
/// Another one.
pub const GRACE: &str = "grace@example.com";
/// The password of both.
pub const PASSWORD: &str = local::seed::PASSWORD;

/// Noon of a day in 2027: every test starts there.
pub(crate) const START: Timestamp = Timestamp(1_800_000_000);
/// Where clients come to with certificates.
const MTLS_DOMAIN: &str = "localhost:3001";
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// One item of a table.
pub type Row = Value;

/// The platform, and time.
pub struct World {
    /// The platform.
    pub platform: Arc<Platform>,
    /// Its time: `advance` it.
    pub clock: Clock,
    dynamodb: aws_sdk_dynamodb::Client,
    journey: Mutex<Journey>,
}

/// The fault that calls to AWS meet, and what was answered nevertheless.
#[derive(Default)]
struct Journey {
    fault: Option<Fault>,
    /// The routes that were answered as their callers wished.
    answered: BTreeSet<String>,
}

impl World {
    /// A fresh platform with the test profile's customers, on http://localhost:3000.
    pub async fn start() -> Self {
        Self::at("http://localhost:3000").await
    }

    /// A fresh platform with this issuer.
    pub async fn at(issuer: &str) -> Self {
        let world = Self::bare_at(issuer);
        local::seed::plant(&world.platform, Profile::Test).await.expect("the seed is planted");
        world.deliver().await;
        world
    }

    /// A platform after its first deployment: keys and flows, nobody's account, every setting at its default.
    pub async fn seeded() -> Self {
        let world = Self::bare();
        world.platform.invoke("jobs-seed", json!({})).await.expect("the seed is planted");
        world.deliver().await;
        world
    }

    /// A platform before its first deployment: empty tables.
    pub fn bare() -> Self {
        Self::bare_at("http://localhost:3000")
    }

    fn bare_at(issuer: &str) -> Self {
        let clock = Clock::stopped(START);
        let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
        let start = Start {
            template: &template,
            data: Data::Temporary,
            dynamodb: dynamodb(),
            issuer,
            mtls_domain: MTLS_DOMAIN,
            clock: clock.clone(),
            rng: Rng::seeded(7),
        };
        let platform = Arc::new(Platform::start(start).expect("the platform starts"));
        let dynamodb = client_of(&platform.stack);
        Self { platform, clock, dynamodb, journey: Mutex::default() }
    }

    /// The functions' handles.
    pub fn app(&self) -> &App {
        &self.platform.app
    }

    /// The AWS stand-ins.
    pub fn stack(&self) -> &Stack {
        &self.platform.stack
    }

    /// Where the platform says it is.
    pub fn issuer(&self) -> &str {
        &self.platform.app.config.issuer
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// A new visitor with a browser that knows nothing yet.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// Changes what the environment said, as another deployment would.
    ///
    /// # Panics
    /// When something else still uses the platform.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        let platform = Arc::get_mut(&mut self.platform).expect("nothing else uses the platform");
        change(&mut Arc::get_mut(&mut platform.app).expect("nothing else uses the app").config);
    }

    /// A visitor who has signed in at the account centre.
    pub async fn customer(&self, email: &str) -> Visitor<'_> {
        let mut visitor = self.visitor();
        visitor.sign_in(email).await;
        visitor
    }

    /// One request, answered.
    pub async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let route = match self.platform.template.route(request.method(), request.uri().path()) {
            RouteMatch::Found { route, .. } => Some(route.key()),
            RouteMatch::MethodNotAllowed { .. } | RouteMatch::NotFound => None,
        };
        self.renew_fault();
        let response = gateway::answer(&self.platform, request, ADDRESS).await;
        if response.status().as_u16() < 400 {
            self.journey.lock().unwrap().answered.extend(route);
        }
        response
    }

    /// From now on each call to AWS that a request makes meets `fault` the first time, where it can.
    pub fn fail_every_call(&self, fault: Fault) {
        self.journey.lock().unwrap().fault = Some(fault);
    }

    /// Has the calls that follow meet the fault anew; requests and deliveries begin with it.
    pub fn renew_fault(&self) {
        self.stack().fail_each(self.journey.lock().unwrap().fault);
    }

    /// The routes that have answered with no error, as API Gateway writes them.
    pub fn answered(&self) -> BTreeSet<String> {
        self.journey.lock().unwrap().answered.clone()
    }

    /// A GET with a bearer token.
    pub async fn get_as(&self, path: &str, token: &str) -> View {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        View::of(path, self.send(request.body(Bytes::new()).unwrap()).await)
    }

    /// A request that is on its way while other things happen.
    pub fn spawn(&self, request: Request<Bytes>) -> JoinHandle<View> {
        let platform = Arc::clone(&self.platform);
        tokio::spawn(async move {
            let path = request.uri().to_string();
            View::of(&path, gateway::answer(&platform, request, ADDRESS).await)
        })
    }

    /// The same request sixteen times at once; all answers.
    pub async fn race(&self, request: &Request<Bytes>) -> Vec<View> {
        self.race_all((0..16).map(|_| request.clone()).collect()).await
    }

    /// All of these requests at once; all answers, in the order of the requests.
    pub async fn race_all(&self, requests: Vec<Request<Bytes>>) -> Vec<View> {
        let mut running = JoinSet::new();
        for (index, request) in requests.into_iter().enumerate() {
            let platform = Arc::clone(&self.platform);
            running.spawn(async move {
                let path = request.uri().to_string();
                (index, View::of(&path, gateway::answer(&platform, request, ADDRESS).await))
            });
        }
        let mut answers = running.join_all().await;
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, view)| view).collect()
    }

    /// Delivers what is on its way: events, audit records, messages.
    pub async fn deliver(&self) {
        self.renew_fault();
        self.platform.drain().await.expect("events are delivered");
    }

    /// The texts of the messages to `recipient`, the newest first.
    pub async fn messages(&self, recipient: &str) -> Vec<String> {
        self.deliver().await;
        self.stack().inbox().to(recipient).into_iter().map(|message| message.text).collect()
    }

    /// The newest code that was sent to `recipient`.
    pub async fn code_for(&self, recipient: &str) -> String {
        let messages = self.messages(recipient).await;
        let code = messages
            .iter()
            .flat_map(|text| text.split_whitespace())
            .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
        code.unwrap_or_else(|| panic!("no code was sent to {recipient}: {messages:?}")).to_owned()
    }

    /// The newest recovery link that was sent to `recipient`, as path and query.
    pub async fn recovery_link_for(&self, recipient: &str) -> String {
        let messages = self.messages(recipient).await;
        let prefix = format!("{}/recover/reset", self.issuer());
        let link =
            messages.iter().flat_map(|text| text.split_whitespace()).find(|word| word.starts_with(&prefix));
        let link = link.unwrap_or_else(|| panic!("no recovery link was sent to {recipient}: {messages:?}"));
        link[self.issuer().len()..].to_owned()
    }

    /// All items of the table with this logical id, such as `OutboxTable`.
    pub async fn rows(&self, table: &str) -> Vec<Row> {
        // Who looks is no part of what is looked at.
        self.stack().fail_each(None);
        let mut rows = Vec::new();
        let mut pages = self.dynamodb.scan().table_name(table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for item in page.expect("the table is read").items.unwrap_or_default() {
                rows.push(serde_dynamo::from_item(item).expect("an item is JSON"));
            }
        }
        rows
    }

    /// How many items of each table there are, by entity type: to see that nothing was half-written.
    pub async fn census(&self) -> BTreeMap<String, usize> {
        let mut census = BTreeMap::new();
        for table in ["IdentitiesTable", "CredentialsTable", "SessionsTable", "ConfigTable", "OutboxTable"] {
            for row in self.rows(table).await {
                *census.entry(format!("{table} {}", row["et"].as_str().unwrap_or("?"))).or_default() += 1;
            }
        }
        census
    }

    /// The events of this kind that were announced, such as `code.reused`.
    pub async fn events(&self, kind: &str) -> Vec<Row> {
        self.of_kind("OutboxTable", kind).await
    }

    /// The audit records of this kind, after delivery.
    pub async fn audited(&self, kind: &str) -> Vec<Row> {
        self.deliver().await;
        self.of_kind("AuditTable", kind).await
    }

    async fn of_kind(&self, table: &str, kind: &str) -> Vec<Row> {
        self.rows(table).await.into_iter().filter(|row| row["kind"] == kind).collect()
    }

    /// The calls that `work` makes to AWS, by operation.
    pub async fn calls_of<T>(&self, work: impl Future<Output = T>) -> (T, BTreeMap<String, u64>) {
        let calls = self.stack().calls();
        calls.reset();
        let outcome = work.await;
        (outcome, calls.snapshot())
    }
}

/// What scripts/test-aws asks for: LATCHKEY_DYNAMODB is the URL of another DynamoDB, LATCHKEY_RECORD a folder for records of the own one.
fn dynamodb() -> DynamoDb {
    static WORLDS: AtomicUsize = AtomicUsize::new(0);
    let variable =
        |wanted: &str| std::env::vars().find_map(|(name, value)| (name == wanted).then_some(value));
    if let Some(url) = variable("LATCHKEY_DYNAMODB") {
        return DynamoDb::At(url);
    }
    let Some(folder) = variable("LATCHKEY_RECORD") else { return DynamoDb::Embedded };
    let (process, world) = (std::process::id(), WORLDS.fetch_add(1, Ordering::Relaxed));
    DynamoDb::Recorded(Path::new(&folder).join(format!("{process}-{world}.jsonl")))
}

/// A client of the tables, for looking only.
fn client_of(stack: &Stack) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url("http://127.0.0.1")
        .http_client(stack.http_client())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// A POST of a form.
pub fn form_request(path: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(serde_urlencoded::to_string(fields).unwrap()))
        .unwrap()
}

/// A parameter of a URL's query.
pub fn value_of(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse("http://localhost").unwrap().join(url).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
