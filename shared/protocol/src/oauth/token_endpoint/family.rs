//! Beginning a token family: what the grants have in common by which a customer gives a client access.

use super::{Exchange, IdTokenExtras, TokenResponse};
use crate::client::GrantType;
use crate::id::GrantId;
use crate::keys;
use crate::oauth::OAuthError;
use crate::oauth::grants::{Grant, Terms};
use crate::oauth::refresh::{self, Rotation};
use crate::secret::Secret;
use crate::settings;
use crate::store::Write;

/// A family about to begin.
pub(super) struct Family {
    pub(super) grant: Grant,
    /// Its first tokens, which go out when everything is written.
    pub(super) response: TokenResponse,
    /// What they need to be written.
    pub(super) minted: Vec<Write>,
}

impl Exchange<'_> {
    /// The family `id` of what was granted on these `terms`.
    pub(super) async fn family(
        &self,
        (id, terms): (&GrantId, &Terms),
        extras: IdTokenExtras<'_>,
    ) -> Result<Family, OAuthError> {
        let narrowed = self.narrow(terms).await?;
        let settings = settings::load(self.app).await?;
        let rotation = Rotation::of(self.client, &settings.tokens);
        let access = self.access_lifetime(&settings.tokens);
        let refreshes = self.client.may_use(GrantType::RefreshToken) || terms.is_offline();
        let begun = if refreshes {
            Some(refresh::begin(self.app, &*keys::sealer(self.app).await?, (&terms.user, id), rotation))
        } else {
            None
        };
        let (token, refreshing) = begun.unzip();
        let now = self.app.clock.now();
        let grant = Grant {
            id: id.clone(),
            terms: terms.clone(),
            created_at: now,
            used_at: now,
            expires_at: refresh::expiry(now, refreshing.as_ref(), access),
            revoked_at: None,
            refresh_hash: token.as_ref().map(|token| token.hash()),
            jkt: self.refresh_key().map(str::to_owned),
            x5t: self.refresh_certificate().map(str::to_owned),
            refreshing,
        };
        let extras = IdTokenExtras { refresh_token: token.as_ref().map(|token| token.expose()), ..extras };
        let (mut response, minted) = self.mint((id, terms), &narrowed, extras, &settings.tokens).await?;
        response.refresh_token = token.map(|token| Secret::new(token.expose().to_owned()));
        Ok(Family { grant, response, minted })
    }
}
