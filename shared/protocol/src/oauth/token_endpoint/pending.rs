//! Redeeming what a customer granted elsewhere: the request is consumed and the family begun in one transaction.

use super::family::Family;
use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::oauth::pending::{self, Pending, Standing};
use crate::oauth::{OAuthError, grants};
use crate::store::{self, StoreError};

/// The place of the write that consumes the request in the transaction.
const CONSUMES: usize = 0;

impl Exchange<'_> {
    /// The tokens of a request that was granted; else where it stands. `used` tells that they were given before.
    pub(super) async fn redeem(
        &self,
        pending: &Pending,
        used: OAuthError,
    ) -> Result<TokenResponse, OAuthError> {
        let approval = match pending.standing(self.app.clock.now()) {
            Standing::Granted(approval) => approval,
            Standing::Open => return Err(pending::pace(self.app, pending).await?),
            Standing::Denied => return Err(OAuthError::AccessDenied),
            Standing::Expired => return Err(OAuthError::ExpiredToken),
            Standing::Redeemed => return Err(used),
        };
        let Family { grant, response, minted } =
            self.family((&pending.grant, &approval.terms), IdTokenExtras::default()).await?;
        let mut writes = vec![pending::consume(self.app, pending)];
        writes.extend(grants::begin_writes(self.app, &grant, Some(approval.time()), &self.cause));
        writes.extend(minted);
        match store::transact(self.app, writes).await {
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
