//! What clients may say of themselves here: what the settings let them have, and what a statement of somebody whom we trust says.

use std::borrow::Cow;

use super::statement;
use crate::app::App;
use crate::client::{self, Client, GrantType, Metadata, Pkce, Policy, ResponseType, SubjectType};
use crate::oauth::OAuthError;
use crate::oauth::scope::{self, ACCOUNT, BUILT_IN};
use crate::settings::{AssertionPurpose, OAuthSettings, RegisteredScopes, Settings, StatementDemand};
use crate::store::StoreError;

/// Makes `client` what the metadata say, as far as the deployment lets it.
pub(in crate::oauth) async fn apply(
    app: &App,
    metadata: &Metadata,
    settings: &Settings,
    client: &mut Client,
) -> Result<(), OAuthError> {
    let metadata = stated(app, metadata, settings, client).await?;
    metadata.apply(&policy(app, settings).await?, client)?;
    if client.subject_type == SubjectType::Pairwise {
        // Whoever reads an account knows whose it is.
        client.scopes.retain(|scope| scope != ACCOUNT);
    }
    Ok(client::check_sector(app, client).await?)
}

/// The metadata with what the software statement says over them. One that was registered goes on to count: else a client could shed it
/// by a change.
async fn stated<'a>(
    app: &App,
    metadata: &'a Metadata,
    settings: &Settings,
    client: &Client,
) -> Result<Cow<'a, Metadata>, OAuthError> {
    let rules = &settings.registration;
    let statement = metadata.software_statement.as_ref().or(client.software_statement.as_ref());
    match statement.filter(|_| !rules.software_statement_issuers.is_empty()) {
        Some(text) => {
            Ok(Cow::Owned(statement::overlay(app, &rules.software_statement_issuers, metadata, text).await?))
        }
        None if rules.software_statement == StatementDemand::Required => {
            Err(OAuthError::InvalidStatement("a `software_statement` is needed to register here".into()))
        }
        None if metadata.software_statement.is_none() => Ok(Cow::Borrowed(metadata)),
        // Where nobody is trusted it says nothing (RFC 7591 §3.1.1), and is not kept as if it did.
        None => Ok(Cow::Owned(Metadata { software_statement: None, ..metadata.clone() })),
    }
}

async fn policy(app: &App, settings: &Settings) -> Result<Policy, StoreError> {
    let rules = &settings.registration;
    let registry = scope::registry(app).await?;
    let allowed =
        |scope: &&str| rules.allowed_scopes.is_empty() || rules.allowed_scopes.iter().any(|one| one == scope);
    let texts = |scopes: &mut dyn Iterator<Item = &str>| scopes.filter(allowed).map(str::to_owned).collect();
    let (scopes, detail_types, grant_types, response_types) = match rules.scopes {
        RegisteredScopes::Identity => (
            texts(&mut BUILT_IN.into_iter().filter(|scope| *scope != ACCOUNT)),
            Vec::new(),
            vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            vec![ResponseType::Code],
        ),
        RegisteredScopes::Asked => (
            texts(&mut registry.scopes()),
            registry.detail_types().map(str::to_owned).collect(),
            grant_types(&settings.oauth)
                .filter(|grant| *grant != GrantType::TokenExchange || rules.exchange)
                .collect(),
            response_types(&settings.oauth).collect(),
        ),
    };
    let named = |grant: &GrantType| {
        rules.grant_types.is_empty() || rules.grant_types.iter().any(|one| one == grant.name())
    };
    Ok(Policy {
        localhost: settings.localhost_redirects,
        reach: app.config.reach,
        scopes,
        detail_types,
        challenge: rules.challenge,
        grant_types: grant_types.into_iter().filter(named).collect(),
        response_types,
        pkce: if rules.pkce_optional { Pkce::Optional } else { Pkce::Required },
        redirect_hosts: rules.redirect_hosts.clone(),
        request_uris: settings.oauth.request_uri,
        unsigned_request_objects: settings.oauth.unsigned_request_objects,
        auth_methods: client::offered_methods(&app.config, settings),
    })
}

/// The grant types that clients may have here.
pub(in crate::oauth) fn grant_types(settings: &OAuthSettings) -> impl Iterator<Item = GrantType> {
    let front = settings.hybrid_and_implicit;
    let trusting = settings.assertion_issuers.iter().any(|one| one.purpose == AssertionPurpose::Grant);
    GrantType::ALL.iter().copied().filter(move |grant| match grant {
        GrantType::Implicit => front,
        GrantType::JwtBearer => trusting,
        _ => true,
    })
}

/// The response types that clients may have here.
pub(in crate::oauth) fn response_types(settings: &OAuthSettings) -> impl Iterator<Item = ResponseType> {
    let front = settings.hybrid_and_implicit;
    ResponseType::ALL.iter().copied().filter(move |one| front || one.is_code_alone())
}
