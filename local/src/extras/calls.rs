//! `GET /_local/calls`: how often each AWS operation was called, and the processor time that the stand-ins took for it.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::reply;
use crate::platform::Platform;

pub(super) fn show(platform: &Platform) -> http::Response<Bytes> {
    let calls = platform.stack.calls();
    let spent: Map<String, Value> = calls
        .spent()
        .into_iter()
        .map(|(operation, spent)| (operation, json!({ "count": spent.count, "micros": micros(spent.time) })))
        .collect();
    let body = json!({ "calls": spent, "aside_micros": micros(calls.spent_aside()) });
    reply(StatusCode::OK, "application/json", body.to_string())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
