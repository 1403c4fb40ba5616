//! What a client is told about the customer behind a token (OpenID Connect Core §5.3).

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::authenticate::check_for;
use super::error::TokensError;
use super::presented::LiveToken;
use super::scheme::{Scheme, Sent};
use crate::app::App;
use crate::client::{self, Client, Seal};
use crate::http::{Problem, Request, Response};
use crate::identity::{self, Wanted};
use crate::keys::Typ;
use crate::keys::jwe::Content;
use crate::oauth::{dpop, scope};

/// Answers a request for claims: JSON, or a JWT for a client that wants them signed (`userinfo_signed_response_alg`), encrypted
/// (`userinfo_encrypted_response_alg`), or both.
///
/// # Errors
/// When the token is not taken, or the answer cannot be made.
pub async fn userinfo(app: &App, request: &Request) -> Result<Response, Problem> {
    let sent = sent(request)?.ok_or(TokensError::Absent)?;
    let checked = check_for(app, request, &sent, scope::OPENID).await;
    let (token, proven) = checked.map_err(|error| error.problem(sent.scheme))?;
    let claims = claims(&token).map_err(|error| error.problem(sent.scheme))?;
    let response = answer(app, &token.client, claims).await?;
    Ok(dpop::attach_nonce(proven.as_ref(), response))
}

async fn answer(app: &App, client: &Client, claims: Map<String, Value>) -> Result<Response, Problem> {
    let jwt = match (client.userinfo_algorithm, client.encryption.userinfo) {
        (None, None) => return Response::json(StatusCode::OK, &claims),
        (Some(algorithm), encryption) => {
            let claims = addressed(app, client, claims);
            client::seal(app, client, &claims, Seal { typ: Typ::Jwt, algorithm, encryption }).await?
        }
        (None, Some(encryption)) => {
            let claims = addressed(app, client, claims);
            let claims = serde_json::to_vec(&claims).map_err(Problem::internal)?;
            client::encrypt_to(app, client, encryption, Content::Claims(&claims)).await?
        }
    };
    Ok(Response::new(StatusCode::OK, "application/jwt", Bytes::from(jwt)))
}

/// `claims` as a JWT has them (Core §5.3.2): with who tells them to whom.
fn addressed(app: &App, client: &Client, mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.insert("iss".to_owned(), json!(app.config.issuer));
    claims.insert("aud".to_owned(), json!(client.id));
    claims
}

fn claims(token: &LiveToken) -> Result<Map<String, Value>, TokensError> {
    // A client's own token is about nobody.
    let customer = token.customer.as_ref().ok_or(TokensError::Scope(scope::OPENID))?;
    let terms = &customer.grant.terms;
    let scopes: Vec<&str> = token.claims.scope.split(' ').collect();
    let single = terms.claims.userinfo.as_ref();
    let wanted =
        Wanted::of_scopes(&scopes).and(single, |scope| terms.may_tell(&token.client, &scopes, scope));
    let mut claims = identity::claims(&customer.user, &wanted);
    claims.insert("sub".to_owned(), json!(token.claims.sub));
    Ok(claims)
}

/// The token of the header or of the form (RFC 6750 §2.1, §2.2); never both.
fn sent(request: &Request) -> Result<Option<Sent>, Problem> {
    let header = Sent::of_header(request);
    if request.method != Method::POST || request.body()?.is_empty() {
        return Ok(header);
    }
    let form = request.form().ok().and_then(|form| form.get("access_token").map(str::to_owned));
    match (header, form) {
        (Some(_), Some(_)) => Err(TokensError::Repeated.into()),
        (header, form) => Ok(header.or(form.map(|text| Sent { scheme: Scheme::Bearer, text }))),
    }
}
