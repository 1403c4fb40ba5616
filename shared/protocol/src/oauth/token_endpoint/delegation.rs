//! Who acts for the customer (RFC 8693 §4.1): the client, or whom its `actor_token` is about; and who acted before.

use super::Exchange;
use crate::client::{ExchangeKind, ExchangePolicy};
use crate::oauth::OAuthError;
use crate::oauth::tokens::{ActingParty, LiveToken};

/// The most parties that act one for the other.
const MOST: usize = 5;

/// What the new token says of who acts: whoever acted already, and before them the new actor. Where the policy is impersonation and no
/// `actor_token` is sent, nobody is added.
pub(super) async fn actor(
    exchange: &Exchange<'_>,
    subject: &LiveToken,
    policy: &ExchangePolicy,
) -> Result<Option<ActingParty>, OAuthError> {
    let before = subject.claims.act.clone();
    let sent = exchange.params.get("actor_token").is_some();
    if !sent && exchange.params.get("actor_token_type").is_some() {
        return Err(OAuthError::missing("actor_token"));
    }
    let mut actor = match (sent, policy.kind) {
        (false, ExchangeKind::Impersonation) => return Ok(before),
        (false, ExchangeKind::Delegation) => ActingParty::client(&exchange.client.id),
        (true, ExchangeKind::Impersonation | ExchangeKind::Delegation) => of_token(exchange).await?,
    };
    actor.act = before.map(Box::new);
    if actor.depth() > MOST {
        return Err(OAuthError::InvalidRequest("too many parties act one for the other already".into()));
    }
    Ok(Some(actor))
}

/// The party of the `actor_token`: one that was given to this client, and in which nobody acts for somebody else.
async fn of_token(exchange: &Exchange<'_>) -> Result<ActingParty, OAuthError> {
    let claims = exchange.token("actor_token", "actor_token_type").await?.claims;
    let refused = |detail: &'static str| Err(OAuthError::InvalidRequest(detail.into()));
    if claims.client_id != exchange.client.id {
        return refused("the `actor_token` was given to another client");
    }
    if claims.act.is_some() {
        return refused("the `actor_token` is itself one of somebody who acts for another");
    }
    Ok(ActingParty { sub: claims.sub, client_id: Some(claims.client_id), act: None })
}
