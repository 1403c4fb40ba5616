//! `refresh_token` (RFC 6749 §6, OpenID Connect Core §12): one read, one conditional write.

use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::client::GrantType;
use crate::keys::{self, Handle, HandleKind};
use crate::oauth::OAuthError;
use crate::oauth::dpop::DpopError;
use crate::oauth::grants::{self, Grant, Reason};
use crate::oauth::refresh::{self, Renewal, Rotation, Standing};
use crate::oauth::tokens::{self, LiveCustomer};
use crate::secret::Secret;
use crate::settings::{self, TokenSettings};
use crate::store::{self, StoreError, Write};

/// What every refusal says: nothing that would help to guess.
const REFUSED: OAuthError = OAuthError::InvalidGrant("the refresh token is unknown, expired or revoked");

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    const TRIES: usize = 3;
    let settings = settings::load(exchange.app).await?;
    let text = exchange.params.get("refresh_token").ok_or_else(|| OAuthError::missing("refresh_token"))?;
    // A request of the same token may win the race: then what it left is judged anew.
    for _ in 0..TRIES {
        let (handle, grant) = exchange.find(text).await?;
        if let Some(response) = exchange.refresh(&handle, &grant, &settings.tokens).await? {
            return Ok(response);
        }
    }
    Err(StoreError::Busy.into())
}

impl Exchange<'_> {
    /// The live grant of this client that `text` names, while its customer is active: both are read together.
    async fn find(&self, text: &str) -> Result<(Handle, Grant), OAuthError> {
        let handle = Handle::parse(HandleKind::RefreshToken, text).ok_or(REFUSED)?;
        let LiveCustomer { grant, .. } = tokens::find_behind(self.app, &handle).await?.ok_or(REFUSED)?;
        if grant.terms.client != self.client.id || !refresh::is_good(&grant, self.app.clock.now()) {
            return Err(REFUSED);
        }
        if !self.client.may_use(GrantType::RefreshToken) && !grant.terms.is_offline() {
            return Err(OAuthError::UnauthorizedClient(GrantType::RefreshToken.name()));
        }
        self.check_key(&grant)?;
        self.check_certificate(&grant)?;
        Ok((handle, grant.entity))
    }

    /// A bound token comes with a proof of its key (RFC 9449 §5).
    fn check_key(&self, grant: &Grant) -> Result<(), OAuthError> {
        match (&grant.jkt, &self.confirmation.jkt) {
            (Some(bound), Some(proven)) if bound == proven => Ok(()),
            (Some(_), Some(_)) => Err(OAuthError::InvalidGrant("the refresh token is bound to another key")),
            (Some(_), None) => Err(DpopError::Absent.into()),
            (None, _) => Ok(()),
        }
    }

    /// A token that is bound to a certificate comes over a connection of it (RFC 8705 §4).
    fn check_certificate(&self, grant: &Grant) -> Result<(), OAuthError> {
        match &grant.x5t {
            Some(_) if grant.x5t != self.confirmation.x5t => {
                Err(OAuthError::InvalidGrant("the refresh token is bound to another certificate"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Fresh tokens; `None` when another request was first.
    async fn refresh(
        &self,
        presented: &Handle,
        grant: &Grant,
        settings: &TokenSettings,
    ) -> Result<Option<TokenResponse>, OAuthError> {
        let rotation = Rotation::of(self.client, settings);
        let standing = refresh::standing(grant, presented, self.app.clock.now(), rotation.grace);
        match standing {
            Standing::Foreign => return Err(REFUSED),
            Standing::Reused => {
                let owner = (&grant.terms.user, &grant.id);
                grants::revoke_family(self.app, owner, Reason::RefreshTokenReused, &self.cause).await?;
                return Err(REFUSED);
            }
            Standing::Current | Standing::Retry(_) => {}
        }
        let narrowed = self.narrow(&grant.terms).await?;
        let (mut response, minted) =
            self.mint((&grant.id, &grant.terms), &narrowed, IdTokenExtras::default(), settings).await?;
        let mut writes = minted;
        let token = match (standing, &grant.refreshing) {
            (Standing::Retry(successor), _) => successor,
            (Standing::Current, Some(before)) => {
                let renewal =
                    Renewal { rotation, access: self.access_lifetime(settings), jkt: self.refresh_key() };
                let sealer = &*keys::sealer(self.app).await?;
                let (fresh, write) = refresh::replace(self.app, sealer, (presented, grant, before), &renewal);
                writes.push(write);
                fresh
            }
            (Standing::Current, None) | (Standing::Foreign | Standing::Reused, _) => return Err(REFUSED),
        };
        response.refresh_token = Some(Secret::new(token.expose().to_owned()));
        Ok(self.write(writes).await?.then_some(response))
    }

    /// Does `writes`; whether their conditions held. Mostly there is one, or none on a retry.
    async fn write(&self, mut writes: Vec<Write>) -> Result<bool, StoreError> {
        let done = match (writes.pop(), writes.is_empty()) {
            (None, _) => Ok(()),
            (Some(only), true) => store::write(self.app, only).await,
            (Some(last), false) => {
                writes.push(last);
                store::transact(self.app, writes).await
            }
        };
        match done {
            Ok(()) => Ok(true),
            Err(StoreError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
