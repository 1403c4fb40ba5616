//! `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a client that was given a customer's token gets another one, for less,
//! in which it says that it acts for the customer. The new token belongs to the grant of the old one and ends with it.

use serde_json::json;

use super::targets::{self, Targets};
use super::{Exchange, TokenResponse, delegation};
use crate::client::{ExchangePolicy, GrantType};
use crate::hook::EventKind;
use crate::limit::{self, Bucket};
use crate::oauth::details::Details;
use crate::oauth::subject::Naming;
use crate::oauth::tokens::{self, AccessTokenFor, Confirmation, LiveToken};
use crate::oauth::{OAuthError, scope};
use crate::{settings, store};

/// The type of access tokens of ours, opaque or not (RFC 8693 §3).
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let Exchange { app, client, params, confirmation, ref cause } = *exchange;
    if client.auth_method.is_public() {
        return Err(OAuthError::UnauthorizedClient(GrantType::TokenExchange.name()));
    }
    if params.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(OAuthError::InvalidRequest(
            "`requested_token_type` must be that of access tokens".into(),
        ));
    }
    if params.get("authorization_details").is_some() {
        let detail = "`authorization_details` are not given for a token: ask for scopes";
        return Err(OAuthError::InvalidDetails(detail.into()));
    }
    let subject = exchange.token("subject_token", "subject_token_type").await?;
    let nobody = || OAuthError::InvalidRequest("the `subject_token` speaks for no customer".into());
    let grant = &subject.customer.as_ref().ok_or_else(nobody)?.grant;
    let policy = exchange.policy(&subject)?;
    let act = delegation::actor(exchange, &subject, policy).await?;
    let naming = Naming::of(app, client).await?;
    let (settings, registry) = (settings::load(app).await?, scope::registry(app).await?);
    let Targets { audience, scopes } = targets::choose(&registry, (client, policy), &subject.claims, params)?;
    let mut minted = tokens::access_token(
        app,
        &AccessTokenFor {
            client,
            lifetime: exchange
                .access_lifetime(&settings.tokens)
                .min(subject.claims.exp.since(app.clock.now())),
            scopes: &scopes,
            audience: &audience,
            details: &Details::default(),
            customer: Some(grant.terms.customer(&grant.id, &naming)),
            confirmation,
            act: act.as_ref(),
        },
    )
    .await?;
    let event = cause.event(app, EventKind::TokenExchanged).to(&grant.terms.user).with(json!({
        "token": minted.id, "grant": grant.id, "subject_client": subject.claims.client_id,
        "audience": audience, "scopes": scopes, "act": act,
    }));
    let mut writes = std::mem::take(&mut minted.writes);
    writes.push(event.announce());
    // Each exchange is written down, so a client may make only so many.
    limit::take(app, Bucket::Token, &client.id).await?;
    store::transact(app, writes).await?;
    Ok(TokenResponse { issued_type: Some(ACCESS_TOKEN), ..TokenResponse::of(&minted, scopes) })
}

impl<'a> Exchange<'a> {
    /// The access token of ours in the parameter `name`. Whatever is wrong with it, the request is (RFC 8693 §2.2.2).
    pub(super) async fn token(
        &self,
        name: &'static str,
        kind: &'static str,
    ) -> Result<LiveToken, OAuthError> {
        let text = self.params.get(name).ok_or_else(|| OAuthError::missing(name))?;
        match self.params.get(kind) {
            None => return Err(OAuthError::missing(kind)),
            Some(ACCESS_TOKEN) => {}
            Some(_) => {
                return Err(OAuthError::InvalidRequest(
                    format!("`{kind}` must be that of access tokens").into(),
                ));
            }
        }
        let wrong = |detail: String| {
            OAuthError::InvalidRequest(format!("the `{name}` is not taken: {detail}").into())
        };
        let token = match tokens::check(self.app, text).await {
            Ok(token) => token,
            Err(error) if error.is_refusal() => return Err(wrong(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        let own = token.claims.client_id == self.client.id;
        match &token.claims.cnf {
            Some(bound) if !may_use(bound, own, self.confirmation) => {
                Err(wrong("it is bound to a key, and the request proves none that would do".to_owned()))
            }
            Some(_) | None => Ok(token),
        }
    }

    /// The first policy of the client that is about such a token.
    fn policy(&self, subject: &LiveToken) -> Result<&'a ExchangePolicy, OAuthError> {
        let claims = &subject.claims;
        let takes = |policy: &&ExchangePolicy| policy.takes(&claims.client_id, claims.aud.iter());
        self.client
            .exchange
            .iter()
            .find(takes)
            .ok_or(OAuthError::InvalidRequest("the client may not exchange this `subject_token`".into()))
    }
}

/// Whether a bound token may stand in a request that proves so much. Who holds it proves its key; others need not have it, but what they
/// get is bound as well: no bearer token comes of a bound one.
fn may_use(bound: &Confirmation, own: bool, proven: &Confirmation) -> bool {
    let holds = |bound: &Option<String>, proven: &Option<String>| bound.is_none() || bound == proven;
    let held = holds(&bound.jkt, &proven.jkt) && holds(&bound.x5t, &proven.x5t);
    if own { held } else { !proven.is_empty() }
}
