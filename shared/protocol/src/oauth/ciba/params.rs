//! The parameters of a backchannel authentication request (CIBA Core §7.1), but for the one that says whom to ask.

use std::time::Duration;

use crate::client::{Client, DeliveryMode};
use crate::http::Params;
use crate::oauth::OAuthError;
use crate::oauth::scope::OPENID;
use crate::page::is_plain;
use crate::settings::OAuthSettings;

/// The longest message, in characters.
const MESSAGE: usize = 100;
/// The longest token of a client, in bytes (§7.1).
const TOKEN: usize = 1024;
/// The longest that a client may have a request live.
const LONGEST: Duration = Duration::from_secs(3600);

/// What the customer and the client see alike, so that the customer knows which request it is.
pub(super) fn binding_message(params: &Params) -> Result<Option<String>, OAuthError> {
    let Some(text) = params.get("binding_message") else { return Ok(None) };
    let sound = text.chars().count() <= MESSAGE && is_plain(text);
    if sound { Ok(Some(text.to_owned())) } else { Err(OAuthError::BindingMessage) }
}

/// How long the customer may take: as long as the client asks for, within bounds (`requested_expiry`).
pub(super) fn lifetime(params: &Params, settings: &OAuthSettings) -> Result<Duration, OAuthError> {
    let Some(text) = params.get("requested_expiry") else { return Ok(settings.ciba_lifetime) };
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
    let wrong =
        || OAuthError::InvalidRequest("`requested_expiry` must be a positive number of seconds".into());
    Ok(Duration::from_secs(seconds.ok_or_else(wrong)?).min(LONGEST))
}

/// The token that the client is notified with: of who is pinged or pushed to, a bearer token (RFC 6750 §2.1).
pub(super) fn notification_token(params: &Params, mode: DeliveryMode) -> Result<Option<String>, OAuthError> {
    if mode == DeliveryMode::Poll {
        return Ok(None);
    }
    let text =
        params.get("client_notification_token").ok_or(OAuthError::missing("client_notification_token"))?;
    let (token, padding) = text.split_at(text.trim_end_matches('=').len());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    let sound = text.len() <= TOKEN && !token.is_empty() && token.bytes().all(plain) && padding.len() <= 2;
    let wrong = OAuthError::InvalidRequest("`client_notification_token` is not a bearer token".into());
    if sound { Ok(Some(text.to_owned())) } else { Err(wrong) }
}

/// A customer is asked for the client to know who they are (§7.1).
pub(super) fn check_openid(scopes: &[String]) -> Result<(), OAuthError> {
    if scopes.iter().any(|scope| scope == OPENID) {
        return Ok(());
    }
    Err(OAuthError::InvalidScope("`scope` must contain openid".into()))
}

/// How the client learns of the answer. Tokens that are pushed are bound to no key, so a client whose tokens must be is pushed none.
pub(super) fn mode(client: &Client) -> Result<DeliveryMode, OAuthError> {
    let unregistered = OAuthError::UnauthorizedClient(crate::client::GrantType::Ciba.name());
    let mode = client.backchannel.as_ref().map(|own| own.delivery).ok_or(unregistered)?;
    if mode == DeliveryMode::Push && client.must_bind() {
        return Err(OAuthError::InvalidRequest(
            "the client's tokens must be bound, and those that are pushed cannot be".into(),
        ));
    }
    Ok(mode)
}
