//! Software statements (RFC 7591 §2.3): metadata that somebody whom the deployment trusts has signed. What they say goes before what the
//! client says by itself.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::client::Metadata;
use crate::keys::jws::Times;
use crate::oauth::OAuthError;
use crate::oauth::trusted::{self, TrustError};
use crate::settings::TrustedIssuer;

/// The longest statement that is looked at, in bytes: it is kept with the client.
const LONGEST: usize = 8 * 1024;
/// The claims that are about the statement, and members that nobody states.
const NOT_METADATA: [&str; 9] =
    ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "software_statement"];

#[derive(Deserialize)]
struct Claims {
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// `metadata` with what the statement `text` says over it.
pub(super) async fn overlay(
    app: &App,
    issuers: &[TrustedIssuer],
    metadata: &Metadata,
    text: &str,
) -> Result<Metadata, OAuthError> {
    let claims = verified(app, issuers, text).await?;
    let mut members = match serde_json::to_value(metadata) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    };
    members.extend(metadata.others.clone());
    members.extend(claims.others.into_iter().filter(|(name, _)| !NOT_METADATA.contains(&name.as_str())));
    members.insert("software_statement".to_owned(), text.into());
    serde_json::from_value(Value::Object(members))
        .map_err(|_| invalid("a member of the software statement has another type than it must have"))
}

/// The claims, if an issuer that the deployment trusts has signed them and they hold now.
async fn verified(app: &App, issuers: &[TrustedIssuer], text: &str) -> Result<Claims, OAuthError> {
    let verified = trusted::verify::<_, Claims>(app, issuers, (text, LONGEST)).await;
    let (_, claims) = verified.map_err(|error| match error {
        TrustError::Stranger => OAuthError::UnapprovedStatement,
        TrustError::Type | TrustError::Keys | TrustError::Jws(_) => {
            invalid(format!("the software statement: {error}"))
        }
    })?;
    if claims.times.hold(app.clock.now()) {
        Ok(claims)
    } else {
        Err(invalid("the software statement does not hold any more, or not yet"))
    }
}

fn invalid(detail: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::InvalidStatement(detail.into())
}
