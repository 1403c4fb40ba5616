//! What a fresh machine starts with: what a first deployment seeds, and the demo. What is there already stays as it is.

use serde_json::{Map, Value, json};
use shared::app::App;
use shared::client::{
    self, ApplicationType, AuthMethod, Backchannel, Client, ClientError, DeliveryMode, ExchangeKind,
    ExchangePolicy, GrantType, KeySet,
};
use shared::credential::{self, CredentialError};
use shared::hook::Cause;
use shared::identity::{self, IdentityError, NormalIdentifier, User};
use shared::keys::{self, KeyError};
use shared::oauth::details::DetailType;
use shared::oauth::scope::{BUILT_IN, Resource, ResourceScope, save_resource};
use shared::secret::Secret;
use shared::seed::{self, SeedError};
use shared::settings::{
    self, AssertionIssuer, AssertionPurpose, RegisteredScopes, RegistrationMode, SubjectKind, TrustedIssuer,
};
use shared::store::{self, StoreError};

use crate::options::Profile;
use crate::platform::Platform;

/// The password of everybody who is seeded.
pub const PASSWORD: &str = "correct horse battery staple 7";
/// The service client of the demo.
pub const SERVICE_ID: &str = "demo-service";
/// Its secret: for this machine only, so that the README can name it.
pub const SERVICE_SECRET: &str = "lk_cs_local_ZGVtby1zZXJ2aWNlLXNlY3JldC1mb3ItdGhpcy1tYWNoaW5l";
/// The gateway of the demo: customers sign in at it, and it passes their tokens on.
pub const GATEWAY_ID: &str = "demo-gateway";
/// Its secret: for this machine only.
pub const GATEWAY_SECRET: &str = "lk_cs_local_ZGVtby1nYXRld2F5LXNlY3JldC1mb3ItdGhpcy1tYWNoaW5l";
/// The API behind the gateway: it exchanges the tokens that it is given.
pub const BACKEND_ID: &str = "demo-backend";
/// Its secret: for this machine only.
pub const BACKEND_SECRET: &str = "lk_cs_local_ZGVtby1iYWNrZW5kLXNlY3JldC1mb3ItdGhpcy1tYWNoaW5l";
/// The API of the demo.
const RESOURCE: &str = "urn:latchkey:demo";
/// Its scopes, with what customers read of them.
const SCOPES: [(&str, &str); 2] =
    [("demo.read", "Read the demo's data"), ("demo.write", "Change the demo's data")];
/// Somebody who may name the demo's customers to its gateway, as an example of a partner.
const PARTNER: &str = "urn:latchkey:demo-partner";
/// The partner's key, private half and all: for this machine only.
const PARTNER_KEY: &str = include_str!("../demo/partner.jwk.json");
/// The type of its authorization details.
const PAYMENT: &str = "demo_payment";
/// The test profile's limits per address and per client: out of the way of load.
const OUT_OF_THE_WAY: u32 = 1_000_000;

/// Why the demo could not be planted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error of the room that it names")]
pub enum PlantError {
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error("a seeded customer is refused: {0:?}")]
    Refused(&'static str),
}

/// Plants what is not there yet.
///
/// # Errors
/// When the store or a key cannot be had.
pub async fn plant(platform: &Platform, profile: Profile) -> Result<(), PlantError> {
    let app = &platform.app;
    seed::plant(app).await?;
    adjust_settings(app, profile).await?;
    let scopes =
        SCOPES.map(|(name, title)| ResourceScope { name: name.to_owned(), title: title.to_owned() }).to_vec();
    let resource = Resource {
        identifier: RESOURCE.to_owned(),
        name: "Demo API".to_owned(),
        scopes,
        authorization_details: vec![payment()],
    };
    save_resource(app, &resource).await?;
    for (id, name) in [("demo-shop", "Demo Shop"), ("demo-travel", "Demo Travel")] {
        plant_client(app, demo_app(app, id, name)).await?;
    }
    plant_client(app, demo_native(app)).await?;
    plant_client(app, demo_service(app).await?).await?;
    plant_client(app, demo_tv(app)).await?;
    plant_client(app, demo_gateway(app).await?).await?;
    plant_client(app, demo_backend(app).await?).await?;
    for (email, given_name, family_name) in [
        ("ada@example.com", "Ada", "Lovelace"),
        ("grace@example.com", "Grace", "Hopper"),
        ("root@example.com", "Root", "Admin"),
    ] {
        plant_user(app, email, given_name, family_name).await?;
    }
    Ok(())
}

/// What the demo's API lets be asked for in detail (RFC 9396).
fn payment() -> DetailType {
    DetailType {
        name: PAYMENT.to_owned(),
        title: "Make a payment".to_owned(),
        schema: json!({
            "type": "object",
            "required": ["type", "amount", "creditor"],
            "additionalProperties": false,
            "properties": {
                "type": { "const": PAYMENT },
                "actions": {
                    "title": "What may be done", "type": "array", "minItems": 1, "uniqueItems": true,
                    "items": { "enum": ["initiate", "status", "cancel"] },
                },
                "amount": {
                    "title": "Amount", "type": "object", "required": ["value", "currency"],
                    "additionalProperties": false,
                    "properties": {
                        "value": { "title": "value", "type": "string", "pattern": r"^[0-9]{1,9}\.[0-9]{2}$" },
                        "currency": { "title": "currency", "type": "string", "pattern": "^[A-Z]{3}$" },
                    },
                },
                "creditor": { "title": "To", "type": "string", "minLength": 1, "maxLength": 70 },
            },
        }),
    }
}

async fn adjust_settings(app: &App, profile: Profile) -> Result<(), StoreError> {
    let mut settings = settings::load(app).await?.as_ref().clone();
    settings.localhost_redirects = true;
    // Who can reach a loopback address may connect an application of their own.
    settings.registration.mode = RegistrationMode::Open;
    settings.registration.scopes = RegisteredScopes::Asked;
    if settings.oauth.assertion_issuers.is_empty() {
        settings.oauth.assertion_issuers = vec![partner()];
    }
    if profile == Profile::Test {
        settings.oauth.hybrid_and_implicit = true;
        settings.oauth.request_uri = true;
        settings.oauth.unsigned_request_objects = true;
        settings.registration.exchange = true;
        settings.registration.challenge = true;
        settings.limits.per_address = OUT_OF_THE_WAY;
        settings.limits.per_client = OUT_OF_THE_WAY;
        settings.oauth.client_id_metadata_documents = true;
    }
    settings::save(app, &settings).await
}

/// The partner: its assertions about customers, by their addresses, are good for tokens of the gateway that read.
fn partner() -> AssertionIssuer {
    let mut key: Value = serde_json::from_str(PARTNER_KEY).unwrap_or_default();
    if let Some(members) = key.as_object_mut() {
        members.remove("d");
    }
    let jwks = KeySet::parse(&json!({ "keys": [key] })).ok();
    AssertionIssuer {
        issuer: TrustedIssuer { iss: PARTNER.to_owned(), jwks, jwks_uri: None },
        purpose: AssertionPurpose::Grant,
        subject: SubjectKind::Identifier,
        clients: texts(&[GATEWAY_ID]),
        scopes: texts(&["openid", "profile", "email", "demo.read"]),
    }
}

/// Trusts the issuers in `pem`, and no others, with the certificates of clients.
///
/// # Errors
/// When the store does not answer.
pub async fn trust(app: &App, pem: &str) -> Result<(), PlantError> {
    const END: &str = "-----END CERTIFICATE-----";
    let mut settings = settings::load(app).await?.as_ref().clone();
    let certificates = pem.split_inclusive(END).filter(|part| part.ends_with(END));
    settings.mutual_tls.anchors = certificates.map(|part| part.trim().to_owned()).collect();
    Ok(settings::save(app, &settings).await?)
}

fn demo_app(app: &App, id: &str, name: &str) -> Client {
    let here = app.config.url(&format!("/_local/demo/{id}"));
    let mut client = Client::new(id, app.clock.now());
    client.name = Some(name.to_owned());
    client.redirect_uris = vec![format!("{here}/callback")];
    client.post_logout_redirect_uris = vec![here.clone()];
    client.frontchannel_logout_uri = Some(format!("{here}/signed-out"));
    client.frontchannel_logout_session_required = true;
    client.scopes = every_scope();
    client.authorization_details_types = texts(&[PAYMENT]);
    client.links.client_uri = Some(here);
    client
}

/// An application that signs its customers in without a browser.
fn demo_native(app: &App) -> Client {
    let mut client = Client::new("demo-native", app.clock.now());
    client.name = Some("Demo App".to_owned());
    client.application_type = ApplicationType::Native;
    client.redirect_uris = vec!["com.example.demo:/callback".to_owned()];
    client.scopes = every_scope();
    client.challenge = true;
    client
}

async fn demo_service(app: &App) -> Result<Client, ClientError> {
    let mut client = Client::new(SERVICE_ID, app.clock.now());
    client.name = Some("Demo Service".to_owned());
    client.auth_method = AuthMethod::ClientSecretBasic;
    client.grant_types = vec![GrantType::ClientCredentials, GrantType::Ciba];
    client.backchannel = Some(Backchannel {
        delivery: DeliveryMode::Poll,
        notification_endpoint: None,
        request_algorithm: None,
    });
    client.scopes = SCOPES.iter().map(|(name, _)| (*name).to_owned()).collect();
    client.scopes.extend(["openid", "profile"].map(str::to_owned));
    client.authorization_details_types = texts(&[PAYMENT]);
    client.add_known_secret(app, SERVICE_SECRET).await?;
    Ok(client)
}

/// A device that shows a code (RFC 8628).
fn demo_tv(app: &App) -> Client {
    let mut client = Client::new("demo-tv", app.clock.now());
    client.name = Some("Demo TV".to_owned());
    client.application_type = ApplicationType::Native;
    client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
    client.scopes = every_scope();
    client
}

/// Customers sign in at it; it may also stand for them with tokens that the demo's applications were given.
async fn demo_gateway(app: &App) -> Result<Client, ClientError> {
    let mut client = demo_app(app, GATEWAY_ID, "Demo Gateway");
    client.auth_method = AuthMethod::ClientSecretBasic;
    client.grant_types.extend([GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::JwtBearer]);
    client.redirect_uris.push("http://localhost/callback".to_owned());
    client.exchange = vec![ExchangePolicy {
        subject_clients: texts(&["demo-shop", "demo-travel", GATEWAY_ID]),
        subject_audiences: Vec::new(),
        audiences: texts(&[RESOURCE]),
        scopes: SCOPES.iter().map(|(name, _)| (*name).to_owned()).collect(),
        kind: ExchangeKind::Impersonation,
    }];
    client.add_known_secret(app, GATEWAY_SECRET).await?;
    Ok(client)
}

/// It may act for customers whose tokens the gateway passes on, to read and no more.
async fn demo_backend(app: &App) -> Result<Client, ClientError> {
    let mut client = Client::new(BACKEND_ID, app.clock.now());
    client.name = Some("Demo Backend".to_owned());
    client.auth_method = AuthMethod::ClientSecretBasic;
    client.grant_types = vec![GrantType::ClientCredentials, GrantType::TokenExchange];
    client.scopes = SCOPES.iter().map(|(name, _)| (*name).to_owned()).collect();
    client.resource = Some(RESOURCE.to_owned());
    client.exchange = vec![ExchangePolicy {
        subject_clients: texts(&[GATEWAY_ID]),
        subject_audiences: texts(&[RESOURCE]),
        audiences: texts(&[RESOURCE]),
        scopes: texts(&["demo.read"]),
        kind: ExchangeKind::Delegation,
    }];
    client.add_known_secret(app, BACKEND_SECRET).await?;
    Ok(client)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn every_scope() -> Vec<String> {
    BUILT_IN.into_iter().chain(SCOPES.iter().map(|(name, _)| *name)).map(str::to_owned).collect()
}

async fn plant_client(app: &App, client: Client) -> Result<(), PlantError> {
    if client::load(app, &client.id).await?.is_some() {
        return Ok(());
    }
    client::publish_algorithms(app, &client).await?;
    let writes = client::create_writes(app, &client, &Cause::system());
    Ok(client::save(app, &client.id, writes).await?)
}

async fn plant_user(app: &App, email: &str, given_name: &str, family_name: &str) -> Result<(), PlantError> {
    let identifier = NormalIdentifier::email(email).map_err(|fault| PlantError::Refused(fault.id()))?;
    if identity::find(app, &identifier).await?.is_some() {
        return Ok(());
    }
    let mut user = User::new(app, &[identifier]).proven();
    let names = json!({ "given_name": given_name, "family_name": family_name, "name": format!("{given_name} {family_name}") });
    user.profile
        .merge(names.as_object().unwrap_or(&Map::new()))
        .map_err(|_| PlantError::Refused("a name"))?;
    if email.starts_with("root@") {
        user.roles = vec!["owner".to_owned()];
    }
    let mut writes = identity::create_writes(app, keys::sealer(app).await?.as_ref(), &user, &Cause::system());
    writes.push(credential::password::set_write(app, &user, &Secret::new(PASSWORD.to_owned())).await?);
    Ok(store::transact(app, writes).await?)
}
