//! What only this machine has, under `/_local`: a start page, the inbox, the count of calls to AWS, a demo application, and the
//! authority of its TLS certificate.

mod calls;
mod demo;
mod inbox;
mod pages;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode, header};

use crate::options::Profile;
use crate::platform::Platform;
use crate::seed;
use demo::Demo;
use pages::Pages;

/// The pages of this machine.
#[derive(Default)]
pub struct Extras {
    pages: Pages,
    demo: Demo,
    authority: String,
    plantable: bool,
}

impl Extras {
    /// The pages of a machine whose TLS certificate `authority` (as PEM) has issued.
    #[must_use]
    pub fn new(authority: &str) -> Self {
        Self { authority: authority.to_owned(), ..Self::default() }
    }

    /// The same, where the demo is planted when it is asked for.
    #[must_use]
    pub fn plantable(self, plantable: bool) -> Self {
        Self { plantable, ..self }
    }

    /// Answers a request for `/` or below `/_local`.
    pub(crate) async fn answer(
        &self,
        platform: &Arc<Platform>,
        request: http::Request<Bytes>,
        address: IpAddr,
    ) -> http::Response<Bytes> {
        let path = request.uri().path().to_owned();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (request.method(), segments.as_slice()) {
            (&Method::GET, [""]) => redirect("/_local"),
            (&Method::GET, ["_local"]) => self.pages.home(platform),
            (&Method::GET, ["_local", "local.css"]) => {
                reply(StatusCode::OK, "text/css; charset=utf-8", pages::LOCAL_CSS.to_owned())
            }
            (&Method::GET, ["_local", "calls"]) => calls::show(platform),
            (&Method::DELETE, ["_local", "calls"]) => {
                platform.stack.calls().reset();
                reply(StatusCode::NO_CONTENT, "text/plain", String::new())
            }
            (&Method::GET, ["_local", "inbox"]) => inbox::show(&self.pages, platform, &request).await,
            (&Method::DELETE, ["_local", "inbox"]) => {
                platform.stack.inbox().clear();
                reply(StatusCode::NO_CONTENT, "text/plain", String::new())
            }
            (&Method::POST, ["_local", "plant"]) if self.plantable => plant(platform).await,
            (&Method::GET, ["_local", "mtls.pem"]) => {
                reply(StatusCode::OK, "application/x-pem-file", self.authority.clone())
            }
            (&Method::GET, ["_local", "demo", rest @ ..]) => {
                self.demo.answer(&self.pages, platform, &request, address, rest).await
            }
            _ => reply(
                StatusCode::NOT_FOUND,
                "text/plain; charset=utf-8",
                "There is no such page.\n".to_owned(),
            ),
        }
    }
}

/// Plants the test profile's demo, after functions that run elsewhere have seeded the deployment.
async fn plant(platform: &Arc<Platform>) -> http::Response<Bytes> {
    let outcome = match seed::plant(platform, Profile::Test).await {
        Ok(()) => seed::trust(&platform.app, "").await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => reply(StatusCode::NO_CONTENT, "text/plain", String::new()),
        Err(error) => reply(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", format!("{error}\n")),
    }
}

fn reply(status: StatusCode, media_type: &'static str, body: String) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

fn redirect(location: &str) -> http::Response<Bytes> {
    let mut response = reply(StatusCode::SEE_OTHER, "text/plain", String::new());
    if let Ok(location) = http::HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The parameters of a request's query string.
fn query(request: &http::Request<Bytes>) -> Vec<(String, String)> {
    serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default()
}

fn param<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}
