//! The demo applications: two small OpenID clients (authorization code, PKCE) that show their tokens, and single sign-on.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;
use serde_json::Value;

use super::pages::Pages;
use super::{param, query, redirect, reply};
use crate::gateway;
use crate::platform::Platform;

/// More visits than this at once on one machine are forgotten.
const VISITS: usize = 1000;
const COOKIE: &str = "latchkey_demo";

#[derive(Clone, Copy, Serialize)]
struct App {
    id: &'static str,
    name: &'static str,
}

const APPS: [App; 2] =
    [App { id: "demo-shop", name: "Demo Shop" }, App { id: "demo-travel", name: "Demo Travel" }];

/// What one browser has with one application.
#[derive(Clone, Default)]
struct Visit {
    state: String,
    verifier: String,
    tokens: Option<Value>,
    userinfo: Value,
}

#[derive(Default)]
pub(super) struct Demo(Mutex<HashMap<String, Visit>>);

impl Demo {
    pub(super) async fn answer(
        &self,
        pages: &Pages,
        platform: &Platform,
        request: &http::Request<Bytes>,
        address: IpAddr,
        rest: &[&str],
    ) -> http::Response<Bytes> {
        let [id, action @ ..] = rest else { return redirect(&format!("/_local/demo/{}", APPS[0].id)) };
        let Some(app) = APPS.iter().find(|app| app.id == *id) else { return redirect("/_local/demo") };
        let browser = browser(request).unwrap_or_else(|| token(platform));
        let key = format!("{browser} {}", app.id);
        let mut response = match action {
            [] => self.show(pages, app, &key, None),
            ["start"] => self.start(platform, app, &key, request),
            ["callback"] => match self.finish(platform, app, &key, request, address).await {
                Ok(()) => redirect(&format!("/_local/demo/{}", app.id)),
                Err(error) => self.show(pages, app, &key, Some(&error)),
            },
            ["refresh"] => match self.refresh(platform, app, &key, address).await {
                Ok(()) => redirect(&format!("/_local/demo/{}", app.id)),
                Err(error) => self.show(pages, app, &key, Some(&error)),
            },
            ["logout"] => self.logout(platform, app, &key),
            ["signed-out"] => self.signed_out(platform, &key, request),
            _ => redirect("/_local/demo"),
        };
        if let Ok(cookie) =
            HeaderValue::from_str(&format!("{COOKIE}={browser}; Path=/_local; HttpOnly; SameSite=Lax"))
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn show(&self, pages: &Pages, app: &App, key: &str, error: Option<&str>) -> http::Response<Bytes> {
        let visit = self.load(key);
        let other = APPS.iter().find(|other| other.id != app.id);
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
        let id_claims = visit.tokens.as_ref().and_then(|tokens| claims(tokens["id_token"].as_str()?));
        pages.render(
            "demo.html",
            context! {
                app => Serde(app),
                other => Serde(&other),
                error,
                tokens => visit.tokens.as_ref().map(pretty),
                id_claims => id_claims.as_ref().map(pretty),
                claims => Serde(&visit.userinfo),
                userinfo => pretty(&visit.userinfo),
            },
        )
    }

    fn start(
        &self,
        platform: &Platform,
        app: &App,
        key: &str,
        request: &http::Request<Bytes>,
    ) -> http::Response<Bytes> {
        let visit = Visit { state: token(platform), verifier: token(platform), ..Visit::default() };
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, visit.verifier.as_bytes()));
        let mut params = vec![
            ("response_type", "code".to_owned()),
            ("client_id", app.id.to_owned()),
            ("redirect_uri", redirect_uri(platform, app)),
            ("scope", "openid profile email offline_access".to_owned()),
            ("state", visit.state.clone()),
            ("nonce", token(platform)),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        if let Some(prompt) = param(&query(request), "prompt") {
            params.push(("prompt", prompt.to_owned()));
        }
        self.save(key, visit);
        redirect(&format!("/oauth2/authorize?{}", serde_urlencoded::to_string(&params).unwrap_or_default()))
    }

    async fn finish(
        &self,
        platform: &Platform,
        app: &App,
        key: &str,
        request: &http::Request<Bytes>,
        address: IpAddr,
    ) -> Result<(), String> {
        let visit = self.load(key);
        let query = query(request);
        if let Some(error) = param(&query, "error") {
            return Err(format!("{error}: {}", param(&query, "error_description").unwrap_or_default()));
        }
        let right = param(&query, "state") == Some(visit.state.as_str())
            && param(&query, "iss") == Some(platform.app.config.issuer.as_str());
        let code =
            param(&query, "code").filter(|_| right).ok_or("this answer belongs to no sign-in of ours")?;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", app.id),
            ("code", code),
            ("redirect_uri", &redirect_uri(platform, app)),
            ("code_verifier", &visit.verifier),
        ];
        self.keep(platform, key, post(platform, address, "/oauth2/token", &form).await?, address).await
    }

    async fn refresh(
        &self,
        platform: &Platform,
        app: &App,
        key: &str,
        address: IpAddr,
    ) -> Result<(), String> {
        let tokens = self.load(key).tokens.ok_or("there is nothing to refresh: sign in first")?;
        let refresh_token = tokens["refresh_token"].as_str().unwrap_or_default();
        let form = [("grant_type", "refresh_token"), ("client_id", app.id), ("refresh_token", refresh_token)];
        let mut fresh = post(platform, address, "/oauth2/token", &form).await?;
        if fresh["id_token"].is_null() {
            fresh["id_token"] = tokens["id_token"].clone();
        }
        self.keep(platform, key, fresh, address).await
    }

    async fn keep(
        &self,
        platform: &Platform,
        key: &str,
        tokens: Value,
        address: IpAddr,
    ) -> Result<(), String> {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap_or_default());
        let request =
            http::Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, bearer).body(Bytes::new());
        let response = gateway::answer(platform, request.map_err(|error| error.to_string())?, address).await;
        let userinfo = serde_json::from_slice(response.body()).unwrap_or_default();
        self.save(key, Visit { tokens: Some(tokens), userinfo, ..Visit::default() });
        Ok(())
    }

    fn logout(&self, platform: &Platform, app: &App, key: &str) -> http::Response<Bytes> {
        let hint = self.load(key).tokens.and_then(|tokens| tokens["id_token"].as_str().map(str::to_owned));
        self.save(key, Visit::default());
        let back = format!("{}/_local/demo/{}", platform.app.config.issuer, app.id);
        let mut params = vec![("client_id", app.id.to_owned()), ("post_logout_redirect_uri", back)];
        params.extend(hint.map(|hint| ("id_token_hint", hint)));
        redirect(&format!("/oauth2/logout?{}", serde_urlencoded::to_string(&params).unwrap_or_default()))
    }

    /// The platform has the browser load this when the session ends (Front-Channel Logout 1.0 §2).
    fn signed_out(
        &self,
        platform: &Platform,
        key: &str,
        request: &http::Request<Bytes>,
    ) -> http::Response<Bytes> {
        let query = query(request);
        let id_claims = self.load(key).tokens.and_then(|tokens| claims(tokens["id_token"].as_str()?));
        let session = id_claims.as_ref().and_then(|claims| claims["sid"].as_str());
        let issuer = Some(platform.app.config.issuer.as_str());
        if session.is_some() && param(&query, "sid") == session && param(&query, "iss") == issuer {
            self.save(key, Visit::default());
        }
        reply(StatusCode::OK, "text/plain; charset=utf-8", "Signed out.\n".to_owned())
    }

    fn load(&self, key: &str) -> Visit {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned().unwrap_or_default()
    }

    fn save(&self, key: &str, visit: Visit) {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visits.len() >= VISITS {
            visits.clear();
        }
        visits.insert(key.to_owned(), visit);
    }
}

fn redirect_uri(platform: &Platform, app: &App) -> String {
    format!("{}/_local/demo/{}/callback", platform.app.config.issuer, app.id)
}

fn token(platform: &Platform) -> String {
    URL_SAFE_NO_PAD.encode(platform.app.rng.bytes::<32>())
}

fn browser(request: &http::Request<Bytes>) -> Option<String> {
    let cookies = request.headers().get(header::COOKIE)?.to_str().ok()?;
    let value =
        cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    (value.len() == 43).then(|| value.to_owned())
}

/// The claims of an ID token, for show: it came straight from the token endpoint (OpenID Connect Core §3.1.3.7, 6).
fn claims(id_token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

async fn post(
    platform: &Platform,
    address: IpAddr,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Value, String> {
    let body = serde_urlencoded::to_string(form).map_err(|error| error.to_string())?;
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .map_err(|error| error.to_string())?;
    let response = gateway::answer(platform, request, address).await;
    let answer: Value = serde_json::from_slice(response.body()).map_err(|error| error.to_string())?;
    if response.status().is_success() {
        return Ok(answer);
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    Err(format!("{}: {}", text("error"), text("error_description")))
}
