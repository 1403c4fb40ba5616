//! `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1): somebody whom the deployment trusts says who the customer is, and the
//! client gets an access token for them. It is a grant of its own without refresh token: the client brings the next assertion.

use std::time::Duration;

use super::narrow::{Granted, narrow};
use super::{Exchange, TokenResponse};
use crate::client::{Consent, GrantType, OnceKind};
use crate::consent;
use crate::id::GrantId;
use crate::identity::User;
use crate::limit::{self, Bucket};
use crate::oauth::authorization::RequestedClaims;
use crate::oauth::details::Details;
use crate::oauth::grants::{self, Grant, Terms, With};
use crate::oauth::scope::{self, OFFLINE_ACCESS, Registry};
use crate::oauth::subject::Naming;
use crate::oauth::{OAuthError, assertion};
use crate::settings::{self, AssertionIssuer, AssertionPurpose};

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let Exchange { app, client, params, ref cause, .. } = *exchange;
    if client.auth_method.is_public() {
        return Err(OAuthError::UnauthorizedClient(GrantType::JwtBearer.name()));
    }
    let text = params.get("assertion").ok_or_else(|| OAuthError::missing("assertion"))?;
    // Each is written down, so a client may bring only so many.
    limit::take(app, Bucket::Token, &client.id).await?;
    let (settings, registry) = (settings::load(app).await?, scope::registry(app).await?);
    let asserted = assertion::read(app, &settings, AssertionPurpose::Grant, (client, text)).await;
    let asserted = asserted.map_err(OAuthError::InvalidAssertion)?;
    let user = asserted.customer(app, &settings).await?.ok_or_else(|| refused("it names no customer"))?;
    let scopes = exchange.most(&registry, asserted.issuer, &user).await?;
    let details = Details::default();
    let narrowed = narrow(&registry, Granted { scopes: &scopes, resources: &[], details: &details }, params)?;
    if narrowed.scopes.is_empty() {
        return Err(OAuthError::InvalidScope(
            "there is no scope that could be given for this assertion".into(),
        ));
    }
    let lifetime = exchange.access_lifetime(&settings.tokens);
    let grant = exchange.grant(&user, &narrowed.scopes, lifetime);
    let naming = Naming::of(app, client).await?;
    let customer = grant.terms.customer(&grant.id, &naming);
    let minted = exchange.access_token(&narrowed, lifetime, Some(customer)).await?;
    let response = TokenResponse::of(&minted, narrowed.scopes);
    let spends = asserted.once.spend(app, &asserted.issuer.issuer.iss, OnceKind::Grant);
    let spends = spends.ok_or_else(|| refused("it does not hold any more"))?;
    let with = With { consumes: Some(spends), minted: minted.writes };
    match grants::begin(app, &grant, with, cause).await {
        Ok(()) => Ok(response),
        Err(error) if error.is_refused() => Err(refused("it was used before, or the account has ended")),
        Err(error) => Err(error.into()),
    }
}

fn refused(why: &str) -> OAuthError {
    OAuthError::InvalidAssertion(why.to_owned())
}

impl Exchange<'_> {
    /// The most that the client may have for the customer: of what the issuer is trusted with, what is the client's, and what the customer
    /// has allowed it. Nobody is asked here, so nothing outlasts the token.
    async fn most(
        &self,
        registry: &Registry,
        issuer: &AssertionIssuer,
        user: &User,
    ) -> Result<Vec<String>, OAuthError> {
        let consented = match self.client.consent {
            Consent::Implied => None,
            Consent::Ask => {
                let consent = consent::find(self.app, &user.id, &self.client.id).await?;
                Some(consent.map(|stored| stored.entity.scopes).unwrap_or_default())
            }
        };
        let allowed = |scope: &&String| {
            self.client.may_ask_for(scope)
                && registry.knows(scope)
                && *scope != OFFLINE_ACCESS
                && consented.as_ref().is_none_or(|consented| consented.contains(scope))
        };
        Ok(issuer.scopes.iter().filter(allowed).cloned().collect())
    }

    /// What the client is granted with that, for as long as the token lives.
    fn grant(&self, user: &User, scopes: &[String], lifetime: Duration) -> Grant {
        let terms = Terms {
            user: user.id.clone(),
            epoch: user.epoch,
            client: self.client.id.clone(),
            session: None,
            scopes: scopes.to_vec(),
            resources: Vec::new(),
            details: Details::default(),
            claims: RequestedClaims::default(),
            auth_time: None,
            acr: None,
            amr: Vec::new(),
        };
        Grant::without_refresh(GrantId::new(self.app), terms, self.app.clock.now(), lifetime)
    }
}
