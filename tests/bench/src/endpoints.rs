//! The endpoints, one measurement each.

use std::sync::PoisonError;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::browser::Customer;
use crate::clients::{self, Registered, text};
use crate::connection::{Call, Connection};
use crate::error::BenchError;
use crate::hashing::Hasher;
use crate::host::Host;
use crate::load::{self, Actor, Measured, Plan};
use crate::prover::Prover;

const DPOP: &str = "client_credentials DPoP";
const DEVICE: &str = "device poll";
const PUSHED: &str = "pushed request";
const EXCHANGE: &str = "token exchange";

/// Connections at a time: as many as keep two processors busy.
const CONNECTIONS: usize = 4;
/// Many quick requests, so that the kernel's clock ticks add up to something.
const QUICK: Plan = Plan { warm_up: 200, most: 40_000, longest: Duration::from_secs(8) };
/// A sign-in takes three orders of magnitude longer.
const SLOW: Plan = Plan { warm_up: 5, most: 300, longest: Duration::from_secs(15) };

/// The same request again and again, and how it is answered.
#[derive(Clone, Debug)]
struct Repeat(Call, StatusCode);

impl Actor for Repeat {
    async fn act(&mut self, connection: &mut Connection) -> Result<(), BenchError> {
        connection.expect(&self.0, self.1).await.map(|_| ())
    }
}

/// A chain of refresh tokens (RFC 6749 §6): each answer brings the token of the next request.
#[derive(Clone, Debug)]
struct Refresher {
    client: Registered,
    token: String,
}

impl Actor for Refresher {
    async fn act(&mut self, connection: &mut Connection) -> Result<(), BenchError> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", self.token.as_str())];
        let call = Call::form("/oauth2/token", &fields).authorized(&self.client.basic());
        self.token = text(&connection.ask(&call).await?, "refresh_token")?;
        Ok(())
    }
}

/// A measurement and what it is to stay under.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) measured: Measured,
    /// The most that it may cost, and of what.
    pub(crate) target: Option<Target>,
    /// What the hash of it costs by itself.
    pub(crate) hash: Option<Duration>,
}

impl Row {
    fn new(name: &str, measured: Measured, target: Option<Target>) -> Self {
        Self { name: name.to_owned(), measured, target, hash: None }
    }
}

/// What a measurement is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// Processor time each time.
    Processor(Duration),
    /// The same, without that of the embedded database.
    Own(Duration),
}

const fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// Measures every endpoint whose name contains `wanted`.
pub(crate) async fn measure(host: &Host, wanted: &str) -> Result<Vec<Row>, BenchError> {
    let mut rows = Vec::new();
    let mut add = |row: Option<Row>| rows.extend(row);
    let connection = &mut host.connect().await?;
    for (name, path) in [
        ("health", "/health"),
        ("discovery", "/.well-known/openid-configuration"),
        ("jwks", "/.well-known/jwks.json"),
    ] {
        let target = (name != "health").then_some(Target::Processor(micros(30)));
        add(repeat(host, (name, wanted), Call::get(path), target).await?);
    }
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let name = format!("client_credentials {algorithm}");
        if !name.contains(wanted) {
            continue;
        }
        let client = clients::service(connection, algorithm).await?;
        let target = (algorithm == "ES256").then_some(Target::Processor(micros(100)));
        add(repeat(host, (&name, wanted), clients::credentials(&client), target).await?);
    }
    if DPOP.contains(wanted) {
        add(Some(dpop(host, connection).await?));
    }
    if DEVICE.contains(wanted) {
        let device = clients::device(connection).await?;
        let poll = clients::poll(connection, &device).await?;
        add(answered(host, (DEVICE, wanted), Repeat(poll, StatusCode::BAD_REQUEST), None).await?);
    }
    if !["userinfo", "introspection", PUSHED, EXCHANGE, "refresh", "sign-in"]
        .iter()
        .any(|name| name.contains(wanted))
    {
        return Ok(rows);
    }
    let client = clients::application(connection).await?;
    let push = clients::push(&client);
    add(answered(host, (PUSHED, wanted), Repeat(push, StatusCode::CREATED), None).await?);
    let customer = Customer { issuer: host.issuer(), email: "ada@example.com", client: client.clone() };
    let tokens = customer.sign_in(connection).await?;
    let access_token = text(&tokens, "access_token")?;
    let userinfo = Call::get("/oauth2/userinfo").authorized(&format!("Bearer {access_token}"));
    add(repeat(host, ("userinfo", wanted), userinfo, Some(Target::Own(micros(120)))).await?);
    let introspection =
        Call::form("/oauth2/introspect", &[("token", &access_token)]).authorized(&client.basic());
    add(repeat(host, ("introspection", wanted), introspection, Some(Target::Own(micros(120)))).await?);
    let exchange = clients::exchange(&client, &access_token);
    add(repeat(host, (EXCHANGE, wanted), exchange, None).await?);
    if "refresh".contains(wanted) {
        add(Some(refresh(host, &customer).await?));
    }
    if "sign-in".contains(wanted) {
        add(Some(sign_in(host, &customer).await?));
    }
    Ok(rows)
}

async fn repeat(
    host: &Host,
    (name, wanted): (&str, &str),
    call: Call,
    target: Option<Target>,
) -> Result<Option<Row>, BenchError> {
    answered(host, (name, wanted), Repeat(call, StatusCode::OK), target).await
}

async fn answered(
    host: &Host,
    (name, wanted): (&str, &str),
    repeat: Repeat,
    target: Option<Target>,
) -> Result<Option<Row>, BenchError> {
    if !name.contains(wanted) {
        return Ok(None);
    }
    let actors = vec![repeat; CONNECTIONS];
    let measured = load::run(host, actors, QUICK).await?;
    Ok(Some(Row::new(name, measured, target)))
}

async fn dpop(host: &Host, connection: &mut Connection) -> Result<Row, BenchError> {
    let client = clients::service(connection, "ES256").await?;
    let mut actors = Vec::new();
    for number in 0..CONNECTIONS as u64 {
        actors.push(Prover::new(connection, (client.clone(), &host.issuer()), number).await?);
    }
    let plan = Plan { most: 10_000, ..QUICK };
    let measured = load::run(host, actors, plan).await?;
    // Its target leaves out the write, whose part within the SDK only samples can tell (docs/benchmarks.md).
    Ok(Row::new(DPOP, measured, None))
}

async fn refresh(host: &Host, customer: &Customer) -> Result<Row, BenchError> {
    let mut connection = host.connect().await?;
    let mut actors = Vec::new();
    for _ in 0..CONNECTIONS {
        let tokens: Value = customer.sign_in(&mut connection).await?;
        actors.push(Refresher { client: customer.client.clone(), token: text(&tokens, "refresh_token")? });
    }
    let plan = Plan { most: 4_000, ..QUICK };
    Ok(Row::new("refresh", load::run(host, actors, plan).await?, None))
}

async fn sign_in(host: &Host, customer: &Customer) -> Result<Row, BenchError> {
    // One at a time: the hashes of two would slow each other down.
    let hasher = Hasher::new(customer.clone())?;
    let taken = hasher.taken();
    let mut measured = load::run(host, vec![hasher], SLOW).await?;
    let taken = *taken.lock().unwrap_or_else(PoisonError::into_inner);
    measured.elapsed = measured.elapsed.saturating_sub(taken.elapsed());
    Ok(Row { hash: Some(taken.each()), ..Row::new("sign-in", measured, None) })
}
