//! Dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration 1.0) and its management (RFC 7592): who may
//! register, with what policy, and what the client is response.

mod cors;
mod initial_access;
mod policy;
mod response;
mod statement;

use serde_json::Value;

pub use cors::with_cors;
pub use initial_access::issue_initial_access;
pub use response::Registration;

pub(super) use policy::{apply, grant_types, response_types};

use super::OAuthError;
use crate::app::App;
use crate::client::{self, Client, ClientError, Metadata};
use crate::hook::{Actor, Cause};
use crate::http::RequestContext;
use crate::id::ClientId;
use crate::keys::{self, Handle, HandleKind};
use crate::secret::{Secret, constant_time_eq};
use crate::settings;
use crate::store::{self, StoreError, Stored};
use initial_access::spend_right;

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
    let spent = spend_right(app, &settings, bearer).await?;
    let token = Handle::new(app, HandleKind::Registration);
    let mut client = Client::new(ClientId::new(app).as_str(), app.clock.now());
    policy::apply(app, metadata, &settings, &mut client).await?;
    client.registration_hash = Some(token.hash());
    let secret = if client.auth_method.needs_secret() { Some(client.add_secret(app).await?) } else { None };
    let cause = Cause::new(Actor::Client(client.id.clone()), context);
    let mut writes = client::create_writes(app, &client, &cause);
    writes.extend(spent);
    publish_algorithms(app, &client).await?;
    match store::transact(app, writes).await {
        Ok(()) => {}
        Err(StoreError::Refused { .. }) => return Err(OAuthError::InvalidToken),
        Err(error) => return Err(error.into()),
    }
    client::forget(app, &client.id);
    Ok(Registration { client, secret, token: Secret::new(token.expose().to_owned()) })
}

/// The client as it is registered (RFC 7592 §2.1). Its secret is not response again: it rests hashed.
///
/// # Errors
/// Why it is not response.
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
    let names = (stored.subject_type, stored.sector.clone());
    policy::apply(app, metadata, &settings, &mut stored.entity).await?;
    // With what was granted before, it would learn by which other name it knows the same customer, or somebody else does.
    if names != (stored.subject_type, stored.sector.clone()) {
        let detail = "the client's `subject_type` and sector cannot be changed: register another one";
        return Err(ClientError::InvalidMetadata(detail.to_owned()).into());
    }
    stored.suit_secrets();
    let needs = stored.auth_method.needs_secret();
    let secret = if needs && stored.secrets.is_empty() { Some(stored.add_secret(app).await?) } else { None };
    let cause = Cause::new(Actor::Client(id.to_owned()), context);
    publish_algorithms(app, &stored).await?;
    let writes = client::replace_writes(app, &mut stored, &cause);
    client::save(app, id, writes).await.map_err(raced)?;
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
    Ok(client::save(app, id, client::delete_writes(app, id, &cause)).await.map_err(raced)?)
}

/// Another request has changed the client meanwhile.
fn raced(error: ClientError) -> ClientError {
    match error {
        ClientError::Store(error) if error.is_refused() => StoreError::Busy.into(),
        other => other,
    }
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

/// Publishes what we sign with for `client`. Whoever is the first to ask for an algorithm waits until every process shows its key: what they
/// are given afterwards verifies at once.
async fn publish_algorithms(app: &App, client: &Client) -> Result<(), ClientError> {
    if client::publish_algorithms(app, client).await? {
        tokio::time::sleep(keys::JWKS_CACHE).await;
    }
    Ok(())
}
