//! `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4): a device asks whether its customer has decided, and gets the tokens once.

use super::{Exchange, TokenResponse};
use crate::keys::{Handle, HandleKind};
use crate::oauth::OAuthError;
use crate::oauth::pending;

/// What every refusal of a code says that is none of the client's.
const UNKNOWN: OAuthError =
    OAuthError::InvalidGrant("the device code is unknown or was given to another client");
/// The tokens were given. They go on: who polls may have lost the answer (RFC 8628 §3.5), and the code is nothing that can be guessed.
const USED: OAuthError = OAuthError::InvalidGrant("the device code was used before");

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let text = exchange.params.get("device_code").ok_or_else(|| OAuthError::missing("device_code"))?;
    let handle = Handle::parse(HandleKind::DeviceCode, text).ok_or(UNKNOWN)?;
    let pending = pending::load(exchange.app, &handle.hash()).await?;
    let pending = pending.filter(|pending| pending.client == exchange.client.id).ok_or(UNKNOWN)?;
    exchange.redeem(&pending, USED).await
}
