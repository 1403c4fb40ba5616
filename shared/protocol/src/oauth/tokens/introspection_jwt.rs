//! The introspection's answer as a JWT (RFC 9701): for who asks for it by `Accept`, and for clients that are registered so.

use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::app::App;
use crate::client::{self, Client, ClientError, Seal};
use crate::http::{Request, Response};
use crate::keys::Typ;

const MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// How `client` gets the answer to `request`: sealed like that, or as JSON. What is to be encrypted never goes out in clear; what is
/// to be signed does, for who asks for JSON and nothing else, unless its profile has everything signed (FAPI 2.0 Message Signing §5.5.1).
pub(super) fn wanted(client: &Client, request: &Request) -> Option<Seal> {
    let accept = request.header(header::ACCEPT).unwrap_or_default();
    let accepts = |media_type: &str| accept.split(',').any(|range| is_range(range, media_type));
    let registered = client.compliance.signs_messages()
        || (client.introspection_algorithm.is_some() && !accepts("application/json"));
    (accepts(MEDIA_TYPE) || registered || client.encryption.introspection.is_some()).then(|| Seal {
        typ: Typ::Introspection,
        // RS256 is the default of RFC 9701 §6.
        algorithm: client.introspection_algorithm.unwrap_or(client.compliance.default_algorithm()),
        encryption: client.encryption.introspection,
    })
}

/// Whether the media range (RFC 9110 §12.5.1) is `media_type` itself, whatever its parameters.
fn is_range(range: &str, media_type: &str) -> bool {
    range.split(';').next().is_some_and(|range| range.trim().eq_ignore_ascii_case(media_type))
}

/// `told` for `client` alone (§5). Its claims stand apart from the JWT's own, so that nobody takes it for the token that it tells
/// about.
pub(super) async fn respond(
    app: &App,
    client: &Client,
    told: &Value,
    seal: Seal,
) -> Result<Response, ClientError> {
    let claims = json!({
        "iss": app.config.issuer,
        "aud": client.id,
        "iat": app.clock.now(),
        "token_introspection": told,
    });
    let jwt = client::seal(app, client, &claims, seal).await?;
    Ok(Response::new(StatusCode::OK, MEDIA_TYPE, Bytes::from(jwt)))
}
