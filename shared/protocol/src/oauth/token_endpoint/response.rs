//! The answer of success (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use std::time::Duration;

use http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::function::Reply;
use crate::http::Response;
use crate::oauth::details::Details;
use crate::oauth::tokens::{Minted, Scheme};
use crate::secret::Secret;

/// Tokens for a client.
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret<String>,
    /// How it is to be presented.
    pub scheme: Scheme,
    /// What kind of token it is, where one was exchanged (RFC 8693 §2.2.1).
    pub issued_type: Option<&'static str>,
    /// How long it lives.
    pub lifetime: Duration,
    /// What it allows.
    pub scopes: Vec<String>,
    /// What it allows in detail (RFC 9396 §7).
    pub details: Details,
    /// The refresh token.
    pub refresh_token: Option<Secret<String>>,
    /// The ID token.
    pub id_token: Option<Secret<String>>,
}

#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<&'a Details>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
}

impl TokenResponse {
    /// An access token that allows `scopes`, alone.
    pub(super) fn of(minted: &Minted, scopes: Vec<String>) -> Self {
        Self {
            access_token: minted.token.clone(),
            scheme: minted.scheme,
            issued_type: None,
            lifetime: minted.lifetime,
            scopes,
            details: Details::default(),
            refresh_token: None,
            id_token: None,
        }
    }

    /// As JSON, for nobody to keep.
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self) -> Reply {
        let response = Response::json(StatusCode::OK, &self.body())?;
        Ok(response.header(header::CACHE_CONTROL, "no-store").header(header::PRAGMA, "no-cache"))
    }

    /// As JSON, to be sent on (CIBA Core §10.3.1).
    pub(in crate::oauth) fn to_json(&self) -> Value {
        json!(self.body())
    }

    fn body(&self) -> Body<'_> {
        Body {
            access_token: self.access_token.expose(),
            token_type: self.scheme.name(),
            issued_token_type: self.issued_type,
            expires_in: self.lifetime.as_secs(),
            scope: self.scopes.join(" "),
            authorization_details: Some(&self.details).filter(|details| !details.is_empty()),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().as_str()),
            id_token: self.id_token.as_ref().map(|token| token.expose().as_str()),
        }
    }
}
