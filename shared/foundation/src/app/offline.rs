//! An app that reaches nothing, for the tests of rooms that need time, chance and configuration alone.

use std::collections::HashMap;

use aws_credential_types::Credentials;

use super::{App, AwsOptions, Endpoints};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::rng::Rng;

/// The issuer of such an app.
pub const ISSUER: &str = "https://id.example";

/// An app whose clock stands still at `now`, and whose chance is a sequence.
#[expect(clippy::unwrap_used, reason = "for tests alone, whose variables are good")]
pub fn offline(now: Timestamp) -> App {
    let tables = ["IDENTITIES", "CREDENTIALS", "SESSIONS", "CONFIG", "AUDIT", "OUTBOX"];
    let mut variables: HashMap<String, String> =
        tables.iter().map(|name| (format!("LATCHKEY_TABLE_{name}"), "table".to_owned())).collect();
    for (name, value) in [
        ("LATCHKEY_ISSUER", ISSUER),
        ("LATCHKEY_KMS_KEY", "alias/key"),
        ("LATCHKEY_QUEUE_EVENTS", "https://queue.example/events"),
        ("LATCHKEY_QUEUE_MESSAGES", "https://queue.example/messages"),
        ("LATCHKEY_QUEUE_LOGOUTS", "https://queue.example/logouts"),
        ("LATCHKEY_QUEUE_NOTIFICATIONS", "https://queue.example/notifications"),
        ("LATCHKEY_MAIL_FROM", "id@id.example"),
        ("AWS_REGION", "eu-central-1"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    let credentials = Credentials::new("none", "none", None, None, "offline");
    let nowhere =
        AwsOptions { credentials, connector: None, endpoints: Endpoints::all("http://127.0.0.1:9") };
    App::with(Config::from_variables(&variables).unwrap(), nowhere, Clock::stopped(now), Rng::seeded(7))
}
