//! `authorization_code` (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3): the code is consumed and the family begun in one transaction.

use super::family::Family;
use super::pending::ENDED;
use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::oauth::OAuthError;
use crate::oauth::codes::{self, Presented};
use crate::oauth::grants::{self, With};
use crate::store::StoreError;

/// The place of the write that consumes the code in the transaction.
const CONSUMES: usize = 0;

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let Exchange { app, client, params, confirmation, cause } = exchange;
    let code = codes::load(app, &Presented::of(client, params, confirmation.jkt.as_deref())?).await?;
    if code.redeemed_at.is_some() {
        return Err(codes::revoke_reused(app, &code, cause).await?);
    }
    let extras = IdTokenExtras { nonce: code.nonce.as_deref(), ..IdTokenExtras::default() };
    let Family { grant, response, minted } = exchange.family((&code.grant, &code.terms), extras).await?;
    let with = With { consumes: Some(codes::consume(app, &code)), minted };
    match grants::begin(app, &grant, with, cause).await {
        Ok(()) => Ok(response),
        Err(StoreError::Refused { index: CONSUMES, .. }) => {
            Err(codes::revoke_reused(app, &code, cause).await?)
        }
        Err(StoreError::Refused { .. }) => Err(ENDED),
        Err(error) => Err(error.into()),
    }
}
