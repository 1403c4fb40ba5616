//! What a resource server, or the client itself, is told about a token (RFC 7662).

use http::StatusCode;
use serde_json::{Value, json};

use super::claims::Confirmation;
use super::error::TokensError;
use super::introspection_jwt;
use super::presented::{LiveCustomer, check, find_behind};
use crate::app::App;
use crate::client::{Client, is_same_resource};
use crate::http::{Problem, Request, Response};
use crate::keys::{Handle, HandleKind};
use crate::oauth::subject::Naming;

/// Tells `client`, which sent `request`, about the token that `text` is. Of a token that is neither its own nor meant for its API it learns nothing (§4).
///
/// # Errors
/// 401 for a client that proves nothing (§2.1), or a fault of ours.
pub async fn introspect(
    app: &App,
    client: &Client,
    request: &Request,
    text: &str,
) -> Result<Response, Problem> {
    if client.auth_method.is_public() {
        let detail = "only a client that proves who it is may introspect";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "invalid_client", detail));
    }
    let told = match Handle::parse(HandleKind::RefreshToken, text) {
        Some(handle) => refresh_token(app, client, &handle).await?,
        None => access_token(app, client, text).await?,
    };
    let told = told.unwrap_or_else(|| json!({ "active": false }));
    match introspection_jwt::wanted(client, request) {
        Some(seal) => Ok(introspection_jwt::respond(app, client, &told, seal).await?),
        None => Response::json(StatusCode::OK, &told),
    }
}

async fn access_token(app: &App, client: &Client, text: &str) -> Result<Option<Value>, TokensError> {
    let token = match check(app, text).await {
        Ok(token) => token,
        Err(error) if error.is_refusal() => return Ok(None),
        Err(error) => return Err(error),
    };
    let claims = token.claims;
    let theirs =
        client.resource.as_deref().is_some_and(|own| claims.aud.iter().any(|api| is_same_resource(api, own)));
    if claims.client_id != client.id && !theirs {
        return Ok(None);
    }
    let scheme = claims.scheme();
    let mut told = json!(claims);
    told["active"] = true.into();
    told["token_type"] = scheme.name().into();
    // The grant is our own affair.
    if let Value::Object(members) = &mut told {
        members.remove("gid");
    }
    Ok(Some(told))
}

async fn refresh_token(app: &App, client: &Client, handle: &Handle) -> Result<Option<Value>, TokensError> {
    let Some(LiveCustomer { grant, .. }) = find_behind(app, handle).await? else { return Ok(None) };
    let current = grant.refresh_hash.as_deref() == Some(handle.hash().as_str());
    if grant.terms.client != client.id || !current {
        return Ok(None);
    }
    let naming = Naming::of(app, client).await?;
    let mut told = json!({
        "active": true,
        "client_id": grant.terms.client,
        "scope": grant.terms.scopes.join(" "),
        "sub": naming.name(&grant.terms.user),
        "iss": app.config.issuer,
        "token_type": "refresh_token",
        "exp": grant.expires_at,
        "iat": grant.used_at,
    });
    if !grant.terms.details.is_empty() {
        told["authorization_details"] = json!(grant.terms.details);
    }
    let confirmation = Confirmation { jkt: grant.jkt.clone(), x5t: grant.x5t.clone() };
    if !confirmation.is_empty() {
        told["cnf"] = json!(confirmation);
    }
    Ok(Some(told))
}
