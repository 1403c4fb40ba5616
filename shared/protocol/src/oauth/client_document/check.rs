//! What a document must be (draft §4) beside what every registration must: about its own address, without secrets, and with redirects to
//! its own origin or to the customer's device, so that it cannot pass somebody else's customers on.

use http::StatusCode;
use serde_json::{Map, Value};
use url::Url;

use crate::app::App;
use crate::client::{ApplicationType, AuthMethod, Client, ClientError, GrantType, Metadata};
use crate::fetch::Fetched;
use crate::keys;
use crate::oauth::OAuthError;
use crate::settings::Settings;

/// There is nobody to share a secret with (draft §4.1).
const SECRETS: [&str; 2] = ["client_secret", "client_secret_expires_at"];
/// What such a client may exchange: it acts for customers, who were asked.
const GRANTS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

fn unusable(fault: impl Into<String>) -> ClientError {
    ClientError::Document(fault.into())
}

/// The metadata in the document at `id`.
pub(super) fn metadata(id: &str, fetched: &Fetched) -> Result<Metadata, ClientError> {
    if fetched.status != StatusCode::OK || !fetched.is_json() {
        return Err(unusable("it must be answered with status 200 and the type `application/json`"));
    }
    let members: Map<String, Value> =
        serde_json::from_slice(&fetched.body).map_err(|_| unusable("it is not a JSON object"))?;
    if members.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err(unusable("its `client_id` must be exactly the address that it was read at"));
    }
    if let Some(name) = SECRETS.into_iter().find(|name| members.contains_key(*name)) {
        return Err(unusable(format!("it must not have `{name}`")));
    }
    let mut metadata: Metadata = serde_json::from_value(Value::Object(members))
        .map_err(|_| unusable("a member has another type than it must have"))?;
    let method =
        metadata.token_endpoint_auth_method.get_or_insert_with(|| AuthMethod::None.name().to_owned());
    if AuthMethod::find(method).is_some_and(AuthMethod::needs_secret) {
        return Err(unusable("`token_endpoint_auth_method` must not need a shared secret"));
    }
    if let Some(grants) = &mut metadata.grant_types {
        grants.retain(|name| GRANTS.iter().any(|grant| grant.name() == name));
        if !grants.iter().any(|name| name == GrantType::AuthorizationCode.name()) {
            return Err(unusable("`grant_types` must have `authorization_code`"));
        }
    }
    // Whoever listens on the customer's device is an application there, whether or not it says so: its ports vary (RFC 8252 §7.3).
    let redirects = metadata.redirect_uris.iter().flatten();
    if redirects.into_iter().filter_map(|uri| Url::parse(uri).ok()).any(|url| is_device(&url)) {
        metadata.application_type = Some(ApplicationType::Native.name().to_owned());
    }
    Ok(metadata)
}

/// What the client became of it must stay with its owner.
pub(super) fn redirects(client: &Client) -> Result<(), ClientError> {
    let own = Url::parse(&client.id).map_err(|_| unusable("its address is not a URL"))?.origin();
    let allowed = |uri: &String| Url::parse(uri).is_ok_and(|url| is_device(&url) || url.origin() == own);
    if client.redirect_uris.iter().all(allowed) {
        Ok(())
    } else {
        Err(unusable("`redirect_uris` must have the document's origin, or be loopback addresses"))
    }
}

/// Nobody here has let such a client in: it has what it gets signed with keys that are published already.
pub(super) async fn algorithms(app: &App, settings: &Settings, client: &Client) -> Result<(), OAuthError> {
    let mut wanted = client.signing_algorithms();
    wanted.retain(|algorithm| !settings.keys.algorithms.contains(algorithm));
    if wanted.is_empty() {
        return Ok(());
    }
    let published = keys::published(app).await?;
    match wanted.iter().find(|algorithm| !published.contains(algorithm)) {
        Some(algorithm) => Err(unusable(format!("nothing is signed with {algorithm} here")).into()),
        None => Ok(()),
    }
}

fn is_device(url: &Url) -> bool {
    url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
}
