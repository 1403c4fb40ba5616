//! The web that clients live in, in memory: documents at addresses, and what the platform asked of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response, header};
use shared::app::App;
use shared::fetch;

/// What stands at addresses. Where nothing stands, nobody answers.
#[derive(Clone, Debug, Default)]
pub struct Web(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    pages: HashMap<String, Response<Bytes>>,
    asked: Vec<Request<Bytes>>,
}

impl Web {
    /// An empty one, in the place of the platform's network.
    pub fn around(app: &App) -> Self {
        let web = Self::default();
        fetch::stand_in(app, web.clone());
        web
    }

    /// Puts a JSON document at `url`, over what is there.
    pub fn put(&self, url: &str, document: &impl ToString) {
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        self.put_response(url, response.body(Bytes::from(document.to_string())).unwrap());
    }

    /// Puts any answer at `url`.
    pub fn put_response(&self, url: &str, response: Response<Bytes>) {
        self.0.lock().unwrap().pages.insert(url.to_owned(), response);
    }

    /// From now on nobody answers at `url`.
    pub fn remove(&self, url: &str) {
        self.0.lock().unwrap().pages.remove(url);
    }

    /// What was asked since the last time, the oldest first.
    pub fn asked(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// The answer to a request, if somebody is there.
    fn answer(&self, request: Request<SdkBody>) -> Option<Response<SdkBody>> {
        let mut state = self.0.lock().unwrap();
        let url = request.uri().to_string();
        state.asked.push(request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default())));
        state.pages.get(&url).cloned().map(|response| response.map(SdkBody::from))
    }
}

impl HttpConnector for Web {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.answer(request.try_into_http1x().unwrap());
        HttpConnectorFuture::ready(match answer {
            Some(response) => Ok(HttpResponse::try_from(response).unwrap()),
            None => Err(ConnectorError::io("nobody is there".into())),
        })
    }
}
