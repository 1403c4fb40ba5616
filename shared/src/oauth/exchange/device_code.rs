//! `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4): a device asks whether its customer has decided, and gets the tokens once.

use super::family::Family;
use super::{Exchange, TokenResponse};
use crate::keys::{Handle, HandleKind};
use crate::oauth::pending::{self, Pending, Standing};
use crate::oauth::{OAuthError, grants};
use crate::store::{self, StoreError};

/// What every refusal of a code says that is none of the client's.
const UNKNOWN: OAuthError =
    OAuthError::InvalidGrant("the device code is unknown or was given to another client");
/// The tokens were given. They go on: who polls may have lost the answer (RFC 8628 §3.5), and the code is nothing that can be guessed.
const USED: OAuthError = OAuthError::InvalidGrant("the device code was used before");
/// The place of the write that consumes the code in the transaction.
const CONSUMES: usize = 0;

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let text = exchange.params.get("device_code").ok_or_else(|| OAuthError::missing("device_code"))?;
    let handle = Handle::parse(HandleKind::DeviceCode, text).ok_or(UNKNOWN)?;
    let pending = pending::load(exchange.app, &handle.hash()).await?;
    let pending = pending.filter(|pending| pending.client == exchange.client.id).ok_or(UNKNOWN)?;
    exchange.redeem(&pending, USED).await
}

impl Exchange<'_> {
    /// The tokens of a request that was granted; else where it stands.
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
        let Family { grant, response, minted } = self.family((&pending.grant, &approval.terms), None).await?;
        let mut writes = vec![pending::consume(self.app, pending)];
        writes.extend(grants::begin_writes(self.app, &grant, approval.handle_millis, &self.cause));
        writes.extend(minted);
        match store::transact(self.app, writes).await {
            Ok(()) => Ok(response),
            Err(StoreError::Refused { index: CONSUMES, .. }) => Err(used),
            Err(StoreError::Refused { .. }) => {
                Err(OAuthError::InvalidGrant("the customer's account or session has ended"))
            }
            Err(error) => Err(error.into()),
        }
    }
}
