//! A customer with a fresh browser who signs in to the application: pages, cookies and forms, then the token request.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ACCEPT, ORIGIN, SET_COOKIE};
use http::{HeaderName, StatusCode};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::clients::{REDIRECT_URI, Registered};
use crate::connection::{Answer, Call, Connection};
use crate::error::BenchError;
use crate::form::Form;
use crate::load::Actor;

/// The password of everybody in the test profile.
const PASSWORD: &str = "correct horse battery staple 7";
/// More pages than any sign-in has.
const PAGES: usize = 12;
const VERIFIER: &str = "bench-bench-bench-bench-bench-bench-bench-bench";
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The customer.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) issuer: String,
    pub(crate) email: &'static str,
    pub(crate) client: Registered,
}

impl Actor for Customer {
    async fn act(&mut self, connection: &mut Connection) -> Result<(), BenchError> {
        self.sign_in(connection).await.map(|_| ())
    }
}

impl Customer {
    /// Signs in from a browser that was never here before; the application's tokens.
    pub(crate) async fn sign_in(&self, connection: &mut Connection) -> Result<Value, BenchError> {
        let code = self.authorize(connection).await?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        connection.ask(&Call::form("/oauth2/token", &fields).authorized(&self.client.basic())).await
    }

    async fn authorize(&self, connection: &mut Connection) -> Result<String, BenchError> {
        let mut browser = Browser { issuer: &self.issuer, cookies: BTreeMap::new() };
        let mut answer = browser.get(connection, &self.request()).await?;
        for _ in 0..PAGES {
            if let Some(location) = answer.location() {
                let url = Url::parse(&self.issuer).and_then(|issuer| issuer.join(location));
                let url = url.map_err(|_| BenchError::Lacks("a page", location.to_owned()))?;
                if url.as_str().starts_with(REDIRECT_URI) {
                    let code = url.query_pairs().find(|(name, _)| name == "code");
                    let code = code.map(|(_, code)| code.into_owned());
                    return code
                        .ok_or_else(|| BenchError::Lacks("an authorization request", url.to_string()));
                }
                let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
                answer = browser.get(connection, path).await?;
                continue;
            }
            let page = String::from_utf8_lossy(&answer.body).into_owned();
            let form = Form::first(&page)
                .filter(|_| answer.status == StatusCode::OK)
                .ok_or_else(|| BenchError::Lacks("a page", format!("{} {page}", answer.status)))?
                .fill("identifier", self.email)
                .fill("password", PASSWORD)
                .fill("decision", "allow");
            answer = browser.post(connection, &form).await?;
        }
        Err(BenchError::Lacks("an authorization request", "an end".to_owned()))
    }

    fn request(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", "openid profile email offline_access demo.read")
            .append_pair("state", "bench")
            .append_pair("nonce", "bench")
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(digest))
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("/oauth2/authorize?{query}")
    }
}

/// What a browser keeps and says of itself.
struct Browser<'a> {
    issuer: &'a str,
    cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    async fn get(&mut self, connection: &mut Connection, path: &str) -> Result<Answer, BenchError> {
        self.send(connection, Call::get(path)).await
    }

    async fn post(&mut self, connection: &mut Connection, form: &Form) -> Result<Answer, BenchError> {
        let fields: Vec<_> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let call = Call::form(&form.action, &fields).header(ORIGIN, self.issuer).header(SITE, "same-origin");
        self.send(connection, call).await
    }

    async fn send(&mut self, connection: &mut Connection, call: Call) -> Result<Answer, BenchError> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = call.header(ACCEPT, "text/html").cookies(&cookies.join("; "));
        let answer = connection.send(&call).await?;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}
