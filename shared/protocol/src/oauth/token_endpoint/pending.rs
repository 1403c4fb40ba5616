//! Redeeming what a customer granted elsewhere: the request is consumed and the family begun in one transaction.

use super::family::Family;
use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::oauth::OAuthError;
use crate::oauth::grants::{self, With};
use crate::oauth::pending::{self, Pending, Standing};
use crate::store::StoreError;

/// The place of the write that consumes the request in the transaction.
const CONSUMES: usize = 0;

impl Exchange<'_> {
    /// The tokens of a request that was granted; else where it stands. `used` tells that they were given before.
    pub(super) async fn redeem(
        &self,
        pending: &Pending,
        used: OAuthError,
    ) -> Result<TokenResponse, OAuthError> {
        let terms = match pending.standing(self.app.clock.now()) {
            Standing::Granted(terms) => terms,
            Standing::Open => return Err(pending::pace(self.app, pending).await?),
            Standing::Denied => return Err(OAuthError::AccessDenied),
            Standing::Expired => return Err(OAuthError::ExpiredToken),
            Standing::Redeemed => return Err(used),
        };
        let Family { grant, response, minted } =
            self.family((&pending.grant, terms), IdTokenExtras::default()).await?;
        let with = With { consumes: Some(pending::consume(self.app, pending)), minted };
        match grants::begin(self.app, &grant, with, &self.cause).await {
            Ok(()) => Ok(response),
            Err(StoreError::Refused { index: CONSUMES, .. }) => Err(used),
            Err(StoreError::Refused { .. }) => Err(ENDED),
            Err(error) => Err(error.into()),
        }
    }
}

/// The customer was blocked, signed out, or withdrew it.
pub(super) const ENDED: OAuthError =
    OAuthError::InvalidGrant("the customer's account or session has ended, or they have withdrawn it");
