//! `authorization_code` (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3): the code is consumed and the family begun in one transaction.

use super::{Exchange, TokenResponse};
use crate::client::GrantType;
use crate::oauth::OAuthError;
use crate::oauth::codes::{self, Presented};
use crate::oauth::grants::Grant;
use crate::oauth::refresh::{self, Rotation};
use crate::secret::Secret;
use crate::settings;
use crate::store::{self, StoreError};

/// The place of the write that consumes the code in the transaction.
const CONSUMES: usize = 0;

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let Exchange { app, client, params, confirmation, cause } = exchange;
    let code = codes::load(app, &Presented::of(client, params, confirmation.jkt.as_deref())?).await?;
    if code.redeemed_at.is_some() {
        return Err(codes::revoke_reused(app, &code, cause).await?);
    }
    let narrowed = exchange.narrow(&code.terms).await?;
    let settings = settings::load(app).await?;
    let (rotation, access) =
        (Rotation::of(client, &settings.tokens), exchange.access_lifetime(&settings.tokens));
    let refreshes = client.may_use(GrantType::RefreshToken) || code.terms.is_offline();
    let begun = refreshes.then(|| refresh::begin(app, (&code.terms.user, &code.grant), rotation));
    let (token, refreshing) = begun.unzip();
    let now = app.clock.now();
    let grant = Grant {
        id: code.grant.clone(),
        terms: code.terms.clone(),
        created_at: now,
        used_at: now,
        expires_at: refresh::expiry(now, refreshing.as_ref(), access),
        revoked_at: None,
        refresh_hash: token.as_ref().map(|token| token.hash()),
        jkt: exchange.refresh_key().map(str::to_owned),
        refreshing,
    };
    let nonce = code.nonce.as_deref();
    let (mut response, minted) =
        exchange.mint((&grant.id, &grant.terms), &narrowed, nonce, &settings.tokens).await?;
    let mut writes = codes::redeem_writes(app, &code, &grant, cause);
    writes.extend(minted);
    match store::transact(app, writes).await {
        Ok(()) => {}
        Err(StoreError::Refused { index: CONSUMES, .. }) => {
            return Err(codes::revoke_reused(app, &code, cause).await?);
        }
        Err(StoreError::Refused { .. }) => {
            return Err(OAuthError::InvalidGrant("the customer's account or session has ended"));
        }
        Err(error) => return Err(error.into()),
    }
    response.refresh_token = token.map(|token| Secret::new(token.expose().to_owned()));
    Ok(response)
}
