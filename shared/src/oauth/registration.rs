//! Dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration 1.0) and its management (RFC 7592): who may
//! register, with what policy, and what the client is told.

use std::time::Duration;

use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::OAuthError;
use super::scope::{self, ACCOUNT, BUILT_IN};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::{self, Client, GrantType, Metadata, Pkce, Policy, ResponseType, SubjectType};
use crate::clock::Timestamp;
use crate::hook::{Actor, Cause};
use crate::http::{Problem, RequestContext, Response};
use crate::id::ClientId;
use crate::keys::{Handle, HandleKind};
use crate::secret::{Secret, constant_time_eq};
use crate::settings::{self, OAuthSettings, RegisteredScopes, RegistrationMode, Settings};
use crate::store::{self, Condition, Entity, Key, StoreError, Stored, Table, Update, Write};

/// A right to register so many clients (RFC 7591 §3): `initial_access#<hash>`.
#[derive(Serialize, Deserialize)]
struct InitialAccess {
    hash: String,
    uses_left: u32,
    expires_at: Timestamp,
}

impl InitialAccess {
    fn key_of(hash: &str) -> Key {
        Key::new(format!("initial_access#{hash}"), "initial_access")
    }
}

impl Entity for InitialAccess {
    const TYPE: &'static str = "initial_access";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Self::key_of(&self.hash)
    }
}

/// Gives out the right to register `uses` clients within `lifetime`.
///
/// # Errors
/// When the store does not answer.
pub async fn issue_initial_access(
    app: &App,
    uses: u32,
    lifetime: Duration,
) -> Result<Secret<String>, StoreError> {
    let handle = Handle::new(app, HandleKind::InitialAccess);
    let expires_at = app.clock.now().plus(lifetime);
    store::write(app, Write::create(&InitialAccess { hash: handle.hash(), uses_left: uses, expires_at }))
        .await?;
    Ok(Secret::new(handle.expose().to_owned()))
}

/// A registration as the client is told of it.
pub struct Registration {
    client: Client,
    /// A secret that was made just now: it is not known to anybody afterwards.
    secret: Option<Secret<String>>,
    token: Secret<String>,
}

impl Registration {
    /// As JSON (RFC 7591 §3.2.1, RFC 7592 §3).
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self, app: &App, status: StatusCode) -> Reply {
        let mut body = serde_json::to_value(Metadata::of(&self.client)).map_err(Problem::internal)?;
        let mut put = |name: &str, value: Value| body[name] = value;
        put("client_id", json!(self.client.id));
        put("client_id_issued_at", json!(self.client.created_at));
        put("registration_access_token", json!(self.token.expose()));
        put(
            "registration_client_uri",
            json!(app.config.url(&format!("/oauth2/register/{}", self.client.id))),
        );
        if let Some(secret) = &self.secret {
            put("client_secret", json!(secret.expose()));
            put("client_secret_expires_at", json!(0));
        }
        let response = Response::json(status, &body)?;
        Ok(response.header(header::CACHE_CONTROL, "no-store").header(header::PRAGMA, "no-cache"))
    }
}

/// Registers a client (RFC 7591 §3). `bearer` is the initial access token, where the deployment asks for one.
///
/// # Errors
/// Why it is not registered.
pub async fn register(
    app: &App,
    metadata: &Metadata,
    bearer: Option<&str>,
    context: &RequestContext,
) -> Result<Registration, OAuthError> {
    let settings = settings::load(app).await?;
    let spent = spend_right(app, &settings, bearer)?;
    let token = Handle::new(app, HandleKind::Registration);
    let mut client = Client::new(ClientId::new(app).as_str(), app.clock.now());
    apply(app, metadata, &settings, &mut client).await?;
    client.registration_hash = Some(token.hash());
    let secret = if client.auth_method.needs_secret() { Some(client.add_secret(app).await?) } else { None };
    let cause = Cause::new(Actor::Client(client.id.clone()), context);
    let mut writes = client::create_writes(app, &client, &cause);
    writes.extend(spent);
    match store::transact(app, writes).await {
        Ok(()) => {}
        Err(StoreError::Refused { .. }) => return Err(OAuthError::InvalidToken),
        Err(error) => return Err(error.into()),
    }
    client::forget(app, &client.id);
    Ok(Registration { client, secret, token: Secret::new(token.expose().to_owned()) })
}

/// Makes `client` what the metadata say, as far as the deployment lets it.
async fn apply(
    app: &App,
    metadata: &Metadata,
    settings: &Settings,
    client: &mut Client,
) -> Result<(), OAuthError> {
    metadata.apply(&policy(app, settings).await?, client)?;
    if client.subject_type == SubjectType::Pairwise {
        // Whoever reads an account knows whose it is.
        client.scopes.retain(|scope| scope != ACCOUNT);
    }
    Ok(client::check_sector(app, client).await?)
}

/// The write that uses up one registration of the initial access token, where one is asked for.
fn spend_right(app: &App, settings: &Settings, bearer: Option<&str>) -> Result<Option<Write>, OAuthError> {
    match settings.registration.mode {
        RegistrationMode::Closed => Err(OAuthError::RegistrationClosed),
        RegistrationMode::Open => Ok(None),
        RegistrationMode::InitialToken => {
            let handle = bearer.and_then(|text| Handle::parse(HandleKind::InitialAccess, text));
            let key = InitialAccess::key_of(&handle.ok_or(OAuthError::InvalidToken)?.hash());
            let left = [Condition::Above("uses_left", 0), Condition::Above("expires_at", app.clock.now().0)];
            Ok(Some(Update::of::<InitialAccess>(key).add("uses_left", -1).when(&left).into()))
        }
    }
}

async fn policy(app: &App, settings: &Settings) -> Result<Policy, StoreError> {
    let localhost = settings.localhost_clients;
    let pkce = if settings.registration.pkce_optional { Pkce::Optional } else { Pkce::Required };
    let texts = |scopes: &mut dyn Iterator<Item = &str>| scopes.map(str::to_owned).collect();
    Ok(match settings.registration.scopes {
        RegisteredScopes::Identity => Policy {
            localhost,
            scopes: texts(&mut BUILT_IN.into_iter().filter(|scope| *scope != ACCOUNT)),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            pkce,
            response_types: vec![ResponseType::Code],
        },
        RegisteredScopes::Asked => Policy {
            localhost,
            scopes: texts(&mut scope::registry(app).await?.scopes()),
            grant_types: grant_types(&settings.oauth)
                .filter(|grant| *grant != GrantType::TokenExchange || settings.registration.exchange)
                .collect(),
            response_types: response_types(&settings.oauth).collect(),
            pkce,
        },
    })
}

/// The grant types that clients may have here.
pub(super) fn grant_types(settings: &OAuthSettings) -> impl Iterator<Item = GrantType> {
    let front = settings.hybrid_and_implicit;
    GrantType::ALL.iter().copied().filter(move |grant| front || *grant != GrantType::Implicit)
}

/// The response types that clients may have here.
pub(super) fn response_types(settings: &OAuthSettings) -> impl Iterator<Item = ResponseType> {
    let front = settings.hybrid_and_implicit;
    ResponseType::ALL.iter().copied().filter(move |one| front || one.is_code_alone())
}

/// The client as it is registered (RFC 7592 §2.1). Its secret is not told again: it rests hashed.
///
/// # Errors
/// Why it is not told.
pub async fn read(app: &App, id: &str, bearer: Option<&str>) -> Result<Registration, OAuthError> {
    let (stored, token) = load(app, id, bearer).await?;
    Ok(Registration { client: stored.entity, secret: None, token })
}

/// Replaces the registered metadata (RFC 7592 §2.2). A client that now needs a secret and has none is given one.
///
/// # Errors
/// Why they are not replaced.
pub async fn update(
    app: &App,
    id: &str,
    (metadata, bearer): (&Metadata, Option<&str>),
    context: &RequestContext,
) -> Result<Registration, OAuthError> {
    let (mut stored, token) = load(app, id, bearer).await?;
    if metadata.others.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err(OAuthError::InvalidRequest("`client_id` must be the client's own".into()));
    }
    if let Some(text) = metadata.others.get("client_secret") {
        let text = Secret::new(text.as_str().unwrap_or_default().to_owned());
        if !stored.is_secret(app, &text).await? {
            return Err(OAuthError::InvalidRequest("`client_secret` must be the client's own".into()));
        }
    }
    let settings = settings::load(app).await?;
    apply(app, metadata, &settings, &mut stored.entity).await?;
    let needs = stored.auth_method.needs_secret();
    if !needs {
        stored.secrets.clear();
    }
    let secret = if needs && stored.secrets.is_empty() { Some(stored.add_secret(app).await?) } else { None };
    let cause = Cause::new(Actor::Client(id.to_owned()), context);
    let writes = client::replace_writes(app, &mut stored, &cause);
    client::save(app, id, writes).await?;
    Ok(Registration { client: stored.entity, secret, token })
}

/// Removes the client (RFC 7592 §2.3).
///
/// # Errors
/// Why it is not removed.
pub async fn delete(
    app: &App,
    id: &str,
    bearer: Option<&str>,
    context: &RequestContext,
) -> Result<(), OAuthError> {
    load(app, id, bearer).await?;
    let cause = Cause::new(Actor::Client(id.to_owned()), context);
    Ok(client::save(app, id, client::delete_writes(app, id, &cause)).await?)
}

/// The client of this id, whose registration access token `bearer` is: one answer for whatever is wrong (RFC 7592 §2).
async fn load(
    app: &App,
    id: &str,
    bearer: Option<&str>,
) -> Result<(Stored<Client>, Secret<String>), OAuthError> {
    let handle = bearer.and_then(|text| Handle::parse(HandleKind::Registration, text));
    let hash = handle.as_ref().ok_or(OAuthError::InvalidToken)?.hash();
    let stored = client::load(app, id).await?.ok_or(OAuthError::InvalidToken)?;
    let own = stored
        .registration_hash
        .as_deref()
        .is_some_and(|own| constant_time_eq(own.as_bytes(), hash.as_bytes()));
    let text = bearer.filter(|_| own).ok_or(OAuthError::InvalidToken)?;
    Ok((stored, Secret::new(text.to_owned())))
}
