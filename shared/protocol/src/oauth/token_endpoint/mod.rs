//! The token endpoint (RFC 6749 §3.2): one file for each grant type, and what they share.

mod authorization_code;
mod ciba;
mod client_credentials;
mod delegation;
mod device_code;
mod family;
mod jwt_bearer;
mod narrow;
mod pending;
mod refresh_token;
mod response;
mod targets;
#[cfg(test)]
mod tests;
mod token_exchange;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::dpop::DpopError;
use super::grants::Terms;
use super::scope::OPENID;
use super::subject::Naming;
use super::tokens::{self, AccessTokenFor, Confirmation, Customer, IdTokenFor, Minted};
use super::{OAuthError, scope};
use crate::app::App;
use crate::client::{Client, GrantType, Lifetimes};
use crate::hook::{Actor, Cause};
use crate::http::{Params, RequestContext};
use crate::id::GrantId;
use crate::identity::{self, Wanted};
use crate::keys::{Algorithm, KeyError};
use crate::secret::Secret;
use crate::settings::TokenSettings;
use crate::store::Write;
use narrow::Narrowed;

pub use response::TokenResponse;

pub(super) use ciba::{Pushed, push};
pub(super) use narrow::whole;

/// A request for tokens.
pub struct TokenRequest<'a> {
    /// Its parameters.
    pub params: &'a Params,
    /// What the client has proven extras who it is: the access token is bound to that.
    pub confirmation: &'a Confirmation,
}

/// What a grant type is exchanged with.
struct Exchange<'a> {
    app: &'a App,
    client: &'a Client,
    params: &'a Params,
    confirmation: &'a Confirmation,
    cause: Cause<'a>,
}

/// What goes into an ID token extras the sign-in and the access token.
#[derive(Clone, Copy, Default)]
struct IdTokenExtras<'a> {
    /// Of the authorization request.
    nonce: Option<&'a str>,
    /// Of the request whose tokens are pushed.
    auth_req_id: Option<&'a str>,
    /// That is issued with it.
    refresh_token: Option<&'a str>,
}

impl IdTokenExtras<'_> {
    /// The claims of an ID token that is pushed, which bind all that is pushed together (CIBA Core §10.3.1).
    fn claims(self, algorithm: Algorithm) -> Map<String, Value> {
        const ID: &str = "urn:openid:params:jwt:claim:auth_req_id";
        const HASH: &str = "urn:openid:params:jwt:claim:rt_hash";
        let mut claims = Map::new();
        if let Some(id) = self.auth_req_id {
            claims.insert(ID.to_owned(), json!(id));
            let hash = self.refresh_token.map(|token| tokens::half_hash(algorithm, token));
            claims.extend(hash.map(|hash| (HASH.to_owned(), json!(hash))));
        }
        claims
    }
}

/// Exchanges the grant in `request` for tokens. The client has proven who it is.
///
/// # Errors
/// Why there are none.
pub async fn exchange(
    app: &App,
    client: &Client,
    request: TokenRequest<'_>,
    context: &RequestContext,
) -> Result<TokenResponse, OAuthError> {
    let TokenRequest { params, confirmation } = request;
    let name = params.get("grant_type").ok_or_else(|| OAuthError::missing("grant_type"))?;
    let grant_type = GrantType::find(name).ok_or(OAuthError::UnsupportedGrantType)?;
    if !client.may_use(grant_type) && grant_type != GrantType::RefreshToken {
        return Err(OAuthError::UnauthorizedClient(grant_type.name()));
    }
    if client.must_use_dpop() && confirmation.jkt.is_none() {
        return Err(DpopError::Absent.into());
    }
    let cause = Cause::new(Actor::Client(client.id.clone()), context);
    let exchange = Exchange { app, client, params, confirmation, cause };
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::exchange(&exchange).await,
        GrantType::RefreshToken => refresh_token::exchange(&exchange).await,
        GrantType::ClientCredentials => client_credentials::exchange(&exchange).await,
        GrantType::Ciba => ciba::exchange(&exchange).await,
        GrantType::DeviceCode => device_code::exchange(&exchange).await,
        GrantType::Implicit => Err(OAuthError::UnsupportedGrantType),
        GrantType::JwtBearer => jwt_bearer::exchange(&exchange).await,
        GrantType::TokenExchange => token_exchange::exchange(&exchange).await,
    }
}

impl Exchange<'_> {
    fn access_lifetime(&self, settings: &TokenSettings) -> Duration {
        Lifetimes::choose(self.client.lifetimes.access, settings.access, settings.longest)
    }

    /// The key that refresh tokens are bound to: those of public clients, since others prove who they are (RFC 9449 §5).
    fn refresh_key(&self) -> Option<&str> {
        self.confirmation.jkt.as_deref().filter(|_| self.client.auth_method.is_public())
    }

    /// The certificate that refresh tokens are bound to: those of public clients alone as well (RFC 8705 §4).
    fn refresh_certificate(&self) -> Option<&str> {
        self.confirmation.x5t.as_deref().filter(|_| self.client.auth_method.is_public())
    }

    /// What the request narrows `granted` to.
    async fn narrow(&self, granted: &Terms) -> Result<Narrowed, OAuthError> {
        let registry = scope::registry(self.app).await?;
        narrow::narrow(&registry, granted.into(), self.params)
    }

    /// An access token for what `narrowed` leaves, by itself.
    async fn access_token(
        &self,
        narrowed: &Narrowed,
        lifetime: Duration,
        customer: Option<Customer<'_>>,
    ) -> Result<Minted, KeyError> {
        let wanted = AccessTokenFor {
            client: self.client,
            lifetime,
            scopes: &narrowed.scopes,
            audience: &narrowed.audience,
            details: &narrowed.details,
            customer,
            confirmation: self.confirmation,
            act: None,
        };
        tokens::access_token(self.app, &wanted).await
    }

    /// Tokens of `grant`, and the writes that must be done before they go out.
    async fn mint(
        &self,
        (grant, terms): (&GrantId, &Terms),
        narrowed: &Narrowed,
        extras: IdTokenExtras<'_>,
        settings: &TokenSettings,
    ) -> Result<(TokenResponse, Vec<Write>), OAuthError> {
        let naming = Naming::of(self.app, self.client).await?;
        let customer = terms.customer(grant, &naming);
        let lifetime = self.access_lifetime(settings);
        let minted = self.access_token(narrowed, lifetime, Some(customer)).await?;
        let asked: Vec<&str> = narrowed.asked.iter().map(String::as_str).collect();
        let id_token = match asked.contains(&OPENID) {
            true => {
                let about = (customer, terms, asked.as_slice());
                Some(self.id_token(about, minted.token.expose(), extras, settings).await?)
            }
            false => None,
        };
        let response = TokenResponse {
            id_token,
            details: narrowed.details.clone(),
            ..TokenResponse::of(&minted, narrowed.scopes.clone())
        };
        Ok((response, minted.writes))
    }

    async fn id_token(
        &self,
        (customer, terms, asked): (Customer<'_>, &Terms, &[&str]),
        access_token: &str,
        extras: IdTokenExtras<'_>,
        settings: &TokenSettings,
    ) -> Result<Secret<String>, OAuthError> {
        let mut claims = Map::new();
        if terms.claims.id_token.is_some()
            && let Some(user) = identity::load(self.app, &terms.user).await?
        {
            let allowed = |scope: &str| terms.may_tell(self.client, asked, scope);
            claims = identity::claims(&user, &Wanted::default().and(terms.claims.id_token.as_ref(), allowed));
        }
        claims.extend(extras.claims(self.client.id_token_algorithm));
        let wanted = IdTokenFor {
            client: self.client,
            lifetime: Lifetimes::choose(self.client.lifetimes.id, settings.id, settings.longest),
            customer,
            nonce: extras.nonce,
            access_token: Some(access_token),
            code: None,
            state: None,
            claims: &claims,
        };
        Ok(Secret::new(tokens::id_token(self.app, &wanted).await?))
    }
}
