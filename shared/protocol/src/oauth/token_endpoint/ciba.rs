//! `urn:openid:params:grant-type:ciba` (CIBA Core §10.1, §10.3): a client asks whether its customer has decided, or is pushed the tokens.

use super::family::Family;
use super::pending::ENDED;
use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::app::App;
use crate::client::{Client, DeliveryMode, GrantType};
use crate::hook::Cause;
use crate::http::Params;
use crate::id::GrantId;
use crate::keys::{Handle, HandleKind};
use crate::oauth::OAuthError;
use crate::oauth::grants::{self, Terms, With};
use crate::oauth::pending;
use crate::oauth::tokens::Confirmation;
use crate::store::StoreError;

/// What every refusal of an id says that is none of the client's.
const UNKNOWN: OAuthError =
    OAuthError::InvalidGrant("the `auth_req_id` is unknown or was given to another client");
/// The tokens were given, and go on: who polls may have lost the answer.
const USED: OAuthError = OAuthError::InvalidGrant("the `auth_req_id` was used before");

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let text = exchange.params.get("auth_req_id").ok_or_else(|| OAuthError::missing("auth_req_id"))?;
    let handle = Handle::parse(HandleKind::AuthRequest, text).ok_or(UNKNOWN)?;
    let pending = pending::load(exchange.app, &handle.hash()).await?;
    let pending = pending.filter(|pending| pending.client == exchange.client.id).ok_or(UNKNOWN)?;
    // Tokens go one way alone (§10.1).
    if pending.delivery == Some(DeliveryMode::Push) {
        return Err(OAuthError::UnauthorizedClient(GrantType::Ciba.name()));
    }
    exchange.redeem(&pending, USED).await
}

/// What is pushed.
pub(in crate::oauth) struct Pushed<'a> {
    /// What the customer granted.
    pub(in crate::oauth) terms: &'a Terms,
    /// The family that this attempt begins.
    pub(in crate::oauth) grant: &'a GrantId,
    /// The request, as the client knows it.
    pub(in crate::oauth) auth_req_id: &'a str,
}

/// Begins a family whose tokens are to be pushed to `client`.
pub(in crate::oauth) async fn push(
    app: &App,
    client: &Client,
    pushed: &Pushed<'_>,
) -> Result<TokenResponse, OAuthError> {
    let (params, confirmation) = (Params::default(), Confirmation::default());
    let cause = Cause::system();
    let exchange = Exchange { app, client, params: &params, confirmation: &confirmation, cause };
    let extras = IdTokenExtras { auth_req_id: Some(pushed.auth_req_id), ..IdTokenExtras::default() };
    let Family { grant, response, minted } = exchange.family((pushed.grant, pushed.terms), extras).await?;
    match grants::begin(app, &grant, With { consumes: None, minted }, &exchange.cause).await {
        Ok(()) => Ok(response),
        Err(StoreError::Refused { .. }) => Err(ENDED),
        Err(error) => Err(error.into()),
    }
}
