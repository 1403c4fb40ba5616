//! `GET /_local/inbox?to=`: what would have been sent, for people and, asked for JSON, for tests.

use std::sync::Arc;

use bytes::Bytes;
use http::{StatusCode, header};
use minijinja::value::Serde;
use minijinja::{Value, context};

use super::pages::Pages;
use super::{param, query, reply};
use crate::aws::Message;
use crate::platform::Platform;

pub(super) async fn show(
    pages: &Pages,
    platform: &Arc<Platform>,
    request: &http::Request<Bytes>,
) -> http::Response<Bytes> {
    // A message that the last request asked for is on its way through stream and queue: see it arrive before looking.
    // In a task of its own: a reader who goes away must not stop a delivery half way.
    let delivering = Arc::clone(platform);
    match tokio::spawn(async move { delivering.drain().await }).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "messages could not be delivered"),
        Err(error) => tracing::error!(%error, "delivery ended early"),
    }
    let query = query(request);
    let to = param(&query, "to");
    let messages = match to {
        Some(to) => platform.stack.inbox().to(to),
        None => platform.stack.inbox().all(),
    };
    if wants_page(request) && param(&query, "format") != Some("json") {
        let shown: Vec<Value> = messages.iter().take(100).map(view).collect();
        return pages.render("inbox.html", context! { to => to.unwrap_or_default(), messages => shown });
    }
    let body = serde_json::to_string(&messages).unwrap_or_default();
    reply(StatusCode::OK, "application/json", body)
}

fn wants_page(request: &http::Request<Bytes>) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn view(message: &Message) -> Value {
    let link = message.text.split_whitespace().find(|word| word.starts_with("http")).unwrap_or_default();
    context! {
        message => Serde(message), link
    }
}
