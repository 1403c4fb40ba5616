//! What a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3).

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::app::App;
use crate::app::function::Reply;
use crate::client::{Client, Metadata};
use crate::http::{Problem, Response};
use crate::secret::Secret;

/// A registration as the client is told of it.
pub struct Registration {
    pub(super) client: Client,
    /// A secret that was made just now: it is not known to anybody afterwards.
    pub(super) secret: Option<Secret<String>>,
    pub(super) token: Secret<String>,
}

impl Registration {
    /// As JSON (RFC 7591 §3.2.1, RFC 7592 §3).
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self, app: &App, status: StatusCode) -> Reply {
        let mut body = serde_json::to_value(Metadata::of(&self.client)).map_err(Problem::internal)?;
        let mut put = |name: &str, value: Value| body[name] = value;
        put("client_id", json!(self.client.id));
        put("client_id_issued_at", json!(self.client.created_at));
        put("registration_access_token", json!(self.token.expose()));
        put(
            "registration_client_uri",
            json!(app.config.url(&format!("/oauth2/register/{}", self.client.id))),
        );
        if let Some(secret) = &self.secret {
            put("client_secret", json!(secret.expose()));
            put("client_secret_expires_at", json!(0));
        }
        let response = Response::json(status, &body)?;
        Ok(response.header(header::CACHE_CONTROL, "no-store").header(header::PRAGMA, "no-cache"))
    }
}
