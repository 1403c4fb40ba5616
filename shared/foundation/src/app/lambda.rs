//! The Lambda host: one binary's `main`. Everything generic of the runtime is compiled here once, for all functions.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::sync::Arc;

use aws_credential_types::Credentials;
use bytes::Bytes;
use http::HeaderValue;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpRequestContext};
use lambda_http::request::{LambdaRequest, RequestContext as Origin};
use lambda_http::{Adapter, Body, RequestExt, Service as _};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

use super::function::{Function, Handler};
use super::{App, AwsOptions, Endpoints};
use crate::config::{Config, ConfigError};
use crate::http::{Chain, ClientCertificate, Request};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs `function` as a Lambda until the sandbox ends.
#[must_use]
pub fn main(function: Function) -> ExitCode {
    let variables: HashMap<String, String> = std::env::vars().collect();
    log_as_json(&variables);
    match start(function, &variables) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(function = function.name, error = %error, "stopped");
            ExitCode::FAILURE
        }
    }
}

fn start(function: Function, variables: &HashMap<String, String>) -> Result<(), Failure> {
    let app = Arc::new(App::new(Config::from_variables(variables)?, reach_aws(variables)?));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(function, app))
}

async fn run(function: Function, app: Arc<App>) -> Result<(), Failure> {
    match function.handler {
        Handler::Http(..) => {
            let serve = move |request: lambda_http::Request| serve_http(function, Arc::clone(&app), request);
            let adapter = Adapter::from(lambda_http::service_fn(serve));
            let serve = move |LambdaEvent { payload, context }| {
                adapter.clone().call(LambdaEvent { payload: without_unreadable_cookies(payload), context })
            };
            lambda_runtime::run_concurrent(lambda_runtime::service_fn(serve)).await
        }
        Handler::Event(call) => {
            let serve = move |event: LambdaEvent<Value>| {
                let app = Arc::clone(&app);
                async move { call(&app, event.payload).await }
            };
            lambda_runtime::run_concurrent(lambda_runtime::service_fn(serve)).await
        }
    }
}

async fn serve_http(
    function: Function,
    app: Arc<App>,
    request: lambda_http::Request,
) -> Result<http::Response<Body>, Failure> {
    let request = translate(&app, request);
    Ok(function.answer(&app, request).await.into_http().map(body))
}

/// Takes the cookies out that cannot stand in a header: for one of them `lambda_http` would drop all the others.
fn without_unreadable_cookies(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(ApiGatewayV2httpRequest { cookies: Some(cookies), .. }) = &mut event {
        cookies.retain(|cookie| HeaderValue::from_str(cookie).is_ok());
    }
    event
}

/// An API Gateway HTTP API event (payload 2.0) as our request. The address and the client's certificate are those that API Gateway
/// saw, never a header's; the certificate's chain it has checked.
fn translate(app: &App, request: lambda_http::Request) -> Request {
    let mut source = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let mut certificate = None;
    if let Some(Origin::ApiGatewayV2(ApiGatewayV2httpRequestContext { http, authentication, .. })) =
        request.request_context_ref()
    {
        source = http.source_ip.as_deref().and_then(|text| text.parse().ok()).unwrap_or(source);
        let presented = authentication.as_ref().and_then(|seen| seen.client_cert.as_ref());
        let pem = presented.and_then(|presented| presented.client_cert_pem.as_deref());
        certificate = pem.and_then(|pem| ClientCertificate::of_pem(pem, Chain::Checked));
    }
    let path_params = request
        .path_parameters_ref()
        .map(|params| params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
        .unwrap_or_default();
    let (mut parts, body) = request.into_parts();
    if let Some(certificate) = certificate {
        parts.extensions.insert(certificate);
    }
    let body = match body {
        Body::Text(text) => text.into_bytes(),
        Body::Binary(bytes) => bytes,
        _ => Vec::new(),
    };
    Request::new(app, http::Request::from_parts(parts, body.into()), source, path_params)
}

/// The role's credentials and region, as Lambda passes them.
fn reach_aws(variables: &HashMap<String, String>) -> Result<AwsOptions, ConfigError> {
    let required = |name: &'static str| variables.get(name).cloned().ok_or(ConfigError::Missing(name));
    Ok(AwsOptions {
        credentials: Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            variables.get("AWS_SESSION_TOKEN").cloned(),
            None,
            "environment",
        ),
        connector: None,
        endpoints: Endpoints::from_variables(variables),
    })
}

/// `LATCHKEY_LOG` says how much: error, warn or info (and debug, in a build without optimisation).
fn log_as_json(variables: &HashMap<String, String>) {
    let level =
        variables.get("LATCHKEY_LOG").and_then(|level| level.parse().ok()).unwrap_or(tracing::Level::INFO);
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_max_level(level)
        .init();
}

/// Text travels as it is; API Gateway wants anything else in base64, which `lambda_http` does for `Binary`.
fn body(bytes: Bytes) -> Body {
    match String::from_utf8(bytes.into()) {
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::app::offline::offline;
    use crate::clock::Timestamp;
    use crate::http::Cookies;

    #[test]
    fn a_foreign_cookie_that_cannot_be_read_is_passed_over_alone() {
        let mut event: Value =
            serde_json::from_str(include_str!("../../../../events/signin-page.json")).unwrap();
        let app = offline(Timestamp(1_800_000_000));
        for foreign in ["name=Zo\u{eb}", "control=\u{1}", "deleted=\u{7f}", "lines=\r\na: b", "no value", ""]
        {
            for cookies in [[foreign, "__Host-lk_browser=right"], ["__Host-lk_browser=right", foreign]] {
                event["cookies"] = json!(cookies);
                let event: LambdaRequest = serde_json::from_value(event.clone()).unwrap();
                let request = translate(&app, without_unreadable_cookies(event).into());
                let read = Cookies::of(&request.headers);
                assert_eq!(read.get(&app.config, "lk_browser"), Some("right"), "{}", foreign.escape_debug());
            }
        }
    }
}
