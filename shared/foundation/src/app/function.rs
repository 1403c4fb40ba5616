//! A function: one Lambda, the same in every host.

use std::future::Future;
use std::pin::Pin;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::app::App;
use crate::http::{Problem, Request, Response, Surface};

/// What an HTTP handler answers: a response, or a problem that is rendered for the function's surface.
pub type Reply = Result<Response, Problem>;

/// A future behind a pointer, as every host needs it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sets a future apart from those that await it, whose size and whose compilation it would swell.
pub fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    Box::pin(future)
}

/// A fault of an event function: the batch is retried by its source.
pub type EventError = Box<dyn std::error::Error + Send + Sync>;

type HttpCall = for<'a> fn(&'a App, Request) -> BoxFuture<'a, Reply>;
type EventCall = for<'a> fn(&'a App, Value) -> BoxFuture<'a, Result<Value, EventError>>;

/// One Lambda.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name: of the binary, the sample event and (in PascalCase) the template's resource.
    pub name: &'static str,
    /// What it does.
    pub handler: Handler,
}

/// The kinds of functions.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Behind API Gateway.
    Http(Surface, HttpCall),
    /// Fed by a stream, a queue, a schedule or a deployment.
    Event(EventCall),
}

impl Function {
    /// An endpoint of a protocol: errors as RFC 6749 §5.2.
    #[must_use]
    pub const fn oauth(name: &'static str, call: HttpCall) -> Self {
        Self { name, handler: Handler::Http(Surface::OAuth, call) }
    }

    /// An endpoint of our own API: errors as RFC 9457.
    #[must_use]
    pub const fn api(name: &'static str, call: HttpCall) -> Self {
        Self { name, handler: Handler::Http(Surface::Api, call) }
    }

    /// An endpoint for people: errors as a page, or as RFC 9457 for who asks for JSON.
    #[must_use]
    pub const fn page(name: &'static str, call: HttpCall) -> Self {
        Self { name, handler: Handler::Http(Surface::Page, call) }
    }

    /// A function that is fed events.
    #[must_use]
    pub const fn event(name: &'static str, call: EventCall) -> Self {
        Self { name, handler: Handler::Event(call) }
    }

    /// Answers one request: calls the handler, renders its problem if it has one, adds the headers that every response bears,
    /// and writes the one log line of the request. HEAD is answered as GET would be, without the body (RFC 9110 §9.3.2).
    pub async fn answer(&self, app: &App, mut request: Request) -> Response {
        let Handler::Http(surface, call) = self.handler else {
            return surface_error(app, &request, Surface::Api);
        };
        let admitted = request.find_caller(app).await;
        let context = request.context();
        if request.method == Method::HEAD {
            request.method = Method::GET;
        }
        let started = app.clock.now_millis();
        let answer = match (admitted, surface) {
            (Err(problem), _) => Err(problem),
            // Some pages begin what is used once, or give it: they wait until somebody is there.
            (Ok(()), Surface::Page) if request.is_fetched_ahead() => {
                Ok(Response::empty(StatusCode::SERVICE_UNAVAILABLE))
            }
            (Ok(()), _) => call(app, request).await,
        };
        let response = match answer {
            Ok(response) => response,
            Err(problem) => problem.render(app, surface, &context),
        };
        tracing::info!(
            function = self.name,
            request_id = context.id.as_str(),
            method = context.method.as_str(),
            status = response.status().as_u16(),
            millis = app.clock.now_millis() - started,
            "answered"
        );
        let response = response.finish(app, &context);
        if context.method == Method::HEAD { response.without_body() } else { response }
    }
}

fn surface_error(app: &App, request: &Request, surface: Surface) -> Response {
    Problem::not_found("not_found", "there is no such endpoint").render(app, surface, &request.context())
}
