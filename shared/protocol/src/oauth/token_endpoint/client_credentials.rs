//! `client_credentials` (RFC 6749 §4.4): a client asks for itself. Warm, it calls neither DynamoDB nor KMS.

use super::narrow::{Granted, narrow};
use super::{Exchange, TokenResponse};
use crate::client::GrantType;
use crate::limit::{self, Bucket};
use crate::oauth::OAuthError;
use crate::oauth::details;
use crate::oauth::scope::{self, BUILT_IN};
use crate::{settings, store};

pub(super) async fn exchange(exchange: &Exchange<'_>) -> Result<TokenResponse, OAuthError> {
    let Exchange { app, client, params, .. } = *exchange;
    if client.auth_method.is_public() {
        return Err(OAuthError::UnauthorizedClient(GrantType::ClientCredentials.name()));
    }
    let (settings, registry) = (settings::load(app).await?, scope::registry(app).await?);
    // The built-in scopes are about a customer, and here is none.
    let own = |scope: &&String| !BUILT_IN.contains(&scope.as_str()) && registry.knows(scope);
    let details = details::check(&registry, client, params.get("authorization_details"))?;
    // Who asks for something in detail alone wants no more than that.
    let all = params.get("scope").is_some() || details.is_empty();
    let granted: Vec<String> = client.scopes.iter().filter(own).filter(|_| all).cloned().collect();
    let granted = Granted { scopes: &granted, resources: &[], details: &details };
    let narrowed = narrow(&registry, granted, params)?;
    let lifetime = exchange.access_lifetime(&settings.tokens);
    let minted = exchange.access_token(&narrowed, lifetime, None).await?;
    let response = TokenResponse { details: narrowed.details, ..TokenResponse::of(&minted, narrowed.scopes) };
    if !minted.writes.is_empty() {
        // A token that rests costs a write, so a client may make only so many.
        limit::take(app, Bucket::Token, &client.id).await?;
        store::transact(app, minted.writes).await?;
    }
    Ok(response)
}
