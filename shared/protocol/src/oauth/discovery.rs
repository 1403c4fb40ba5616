//! The server's metadata (OpenID Connect Discovery 1.0 §3, RFC 8414 §2): exactly what is on in this deployment now.

use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Value, json};

use super::registration;
use super::scope::{self, Registry};
use crate::app::App;
use crate::assurance;
use crate::client::{self, DeliveryMode, SubjectType};
use crate::config::Config;
use crate::http::Document;
use crate::identity::Wanted;
use crate::keys::Algorithm;
use crate::keys::jwe::{ContentEncryption, KeyManagement};
use crate::page::Locale;
use crate::settings::{self, RegistrationMode, Settings};
use crate::store::StoreError;

/// How long others may keep the metadata, in seconds.
const MAX_AGE: u32 = 900;
/// How answers of the authorization endpoint may travel.
const RESPONSE_MODES: [&str; 7] =
    ["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"];
/// What is encrypted to clients that want it, or by them to us.
const ENCRYPTED: [&str; 5] = ["id_token", "userinfo", "introspection", "authorization", "request_object"];
/// The claims of an ID token that are not about the customer's profile.
const PROTOCOL_CLAIMS: [&str; 11] =
    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];
/// Those that it has in the front channel alone.
const FRONT_CLAIMS: [&str; 2] = ["c_hash", "s_hash"];

/// Where what is.
const ENDPOINTS: [(&str, &str); 11] = [
    ("authorization_endpoint", "/oauth2/authorize"),
    ("authorization_challenge_endpoint", "/oauth2/authorize-challenge"),
    ("pushed_authorization_request_endpoint", "/oauth2/par"),
    ("token_endpoint", "/oauth2/token"),
    ("userinfo_endpoint", "/oauth2/userinfo"),
    ("jwks_uri", "/.well-known/jwks.json"),
    ("device_authorization_endpoint", "/oauth2/device_authorization"),
    ("backchannel_authentication_endpoint", "/oauth2/bc-authorize"),
    ("introspection_endpoint", "/oauth2/introspect"),
    ("revocation_endpoint", "/oauth2/revoke"),
    ("end_session_endpoint", "/oauth2/logout"),
];
/// The endpoints at which a certificate can matter: where a client proves who it is, or shows a token.
const ALIASED: [&str; 8] = [
    "authorization_challenge_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "userinfo_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "backchannel_authentication_endpoint",
];

#[derive(Default)]
struct Slot(RwLock<Option<Rendered>>);

/// The document with what it was rendered from.
#[derive(Clone)]
struct Rendered {
    settings: Arc<Settings>,
    registry: Arc<Registry>,
    document: Arc<Document>,
}

/// The metadata, rendered when what it tells of has changed.
///
/// # Errors
/// When the store does not answer.
pub async fn document(app: &App) -> Result<Arc<Document>, StoreError> {
    let settings = settings::load(app).await?;
    let registry = scope::registry(app).await?;
    let slot = app.slot::<Slot>();
    if let Some(known) = slot.0.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        && Arc::ptr_eq(&known.settings, &settings)
        && Arc::ptr_eq(&known.registry, &registry)
    {
        return Ok(Arc::clone(&known.document));
    }
    let document = Arc::new(Document::json(&metadata(&app.config, &settings, &registry), MAX_AGE));
    let rendered = Rendered { settings, registry, document: Arc::clone(&document) };
    *slot.0.write().unwrap_or_else(PoisonError::into_inner) = Some(rendered);
    Ok(document)
}

fn metadata(config: &Config, settings: &Settings, registry: &Registry) -> Value {
    let offered = client::offered_methods(config, settings);
    let auth_methods: Vec<_> = offered.iter().map(|method| method.name()).collect();
    let proving: Vec<_> = offered.iter().filter(|one| !one.is_public()).map(|one| one.name()).collect();
    let algorithms = Algorithm::ALL.map(Algorithm::name);
    let proofs: Vec<_> =
        algorithms.into_iter().chain(client::ASSERTION_MACS.iter().map(|mac| mac.name())).collect();
    let unsigned = ["none"].into_iter().filter(|_| settings.oauth.unsigned_request_objects);
    let requests: Vec<_> = algorithms.into_iter().chain(unsigned).collect();
    let wanted = Wanted::every();
    let front = FRONT_CLAIMS.into_iter().filter(|_| settings.oauth.hybrid_and_implicit);
    let claims: Vec<_> = PROTOCOL_CLAIMS.into_iter().chain(front).chain(wanted.names()).collect();
    let mut metadata = json!({
        "issuer": config.issuer,
        "require_pushed_authorization_requests": settings.oauth.require_pushed,
        "backchannel_token_delivery_modes_supported":
            DeliveryMode::ALL.iter().map(|mode| mode.name()).collect::<Vec<_>>(),
        "backchannel_user_code_parameter_supported": false,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": registry.scopes().collect::<Vec<_>>(),
        "response_types_supported":
            registration::response_types(&settings.oauth).map(|one| one.name()).collect::<Vec<_>>(),
        "response_modes_supported": RESPONSE_MODES,
        "authorization_signing_alg_values_supported": algorithms,
        "grant_types_supported":
            registration::grant_types(&settings.oauth).map(|grant| grant.name()).collect::<Vec<_>>(),
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "ui_locales_supported": Locale::ALL.map(Locale::tag),
        "acr_values_supported": assurance::reachable(&settings.oauth.acr).collect::<Vec<_>>(),
        "subject_types_supported": SubjectType::ALL.iter().map(|one| one.name()).collect::<Vec<_>>(),
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": auth_methods,
        "token_endpoint_auth_signing_alg_values_supported": proofs,
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": proofs,
        "revocation_endpoint_auth_methods_supported": auth_methods,
        "revocation_endpoint_auth_signing_alg_values_supported": proofs,
        "dpop_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_object_signing_alg_values_supported": requests,
        "require_signed_request_object": settings.oauth.require_signed_request,
        "request_uri_parameter_supported": settings.oauth.request_uri,
        "require_request_uri_registration": true,
        "authorization_response_iss_parameter_supported": true,
    });
    // Where no API has declared a type there is nothing to be asked for in detail.
    let detail_types: Vec<_> = registry.detail_types().collect();
    if !detail_types.is_empty() {
        metadata["authorization_details_types_supported"] = json!(detail_types);
    }
    for (name, path) in ENDPOINTS {
        metadata[name] = config.url(path).into();
    }
    if settings.registration.mode != RegistrationMode::Closed {
        metadata["registration_endpoint"] = config.url("/oauth2/register").into();
    }
    metadata["backchannel_authentication_request_signing_alg_values_supported"] = json!(algorithms);
    metadata["introspection_signing_alg_values_supported"] = json!(algorithms);
    for answer in ENCRYPTED {
        metadata[format!("{answer}_encryption_alg_values_supported")] = json!(KeyManagement::ALL);
        metadata[format!("{answer}_encryption_enc_values_supported")] = json!(ContentEncryption::ALL);
    }
    if settings.oauth.client_id_metadata_documents {
        metadata["client_id_metadata_document_supported"] = true.into();
    }
    if let Some(mutual_tls) = &config.mutual_tls {
        metadata["tls_client_certificate_bound_access_tokens"] = true.into();
        if let Some(origin) = &mutual_tls.origin {
            metadata["mtls_endpoint_aliases"] = aliases(&metadata, (&config.issuer, origin));
        }
    }
    metadata
}

/// Where clients with certificates find the endpoints that they call themselves (RFC 8705 §5).
fn aliases(metadata: &Value, (issuer, origin): (&str, &str)) -> Value {
    let alias = |name: &&str| {
        let path = metadata[*name].as_str()?.strip_prefix(issuer)?;
        Some(((*name).to_owned(), Value::from(format!("{origin}{path}"))))
    };
    Value::Object(ALIASED.iter().filter_map(alias).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::settings::RegistrationSettings;

    fn config() -> Config {
        let names = ["IDENTITIES", "CREDENTIALS", "SESSIONS", "CONFIG", "AUDIT", "OUTBOX"];
        let mut variables: HashMap<String, String> =
            names.iter().map(|name| (format!("LATCHKEY_TABLE_{name}"), "table".to_owned())).collect();
        for (name, value) in [
            ("LATCHKEY_ISSUER", "https://id.example"),
            ("LATCHKEY_KMS_KEY", "alias/key"),
            ("LATCHKEY_QUEUE_EVENTS", "https://queue.example/events"),
            ("LATCHKEY_QUEUE_MESSAGES", "https://queue.example/messages"),
            ("LATCHKEY_QUEUE_LOGOUTS", "https://queue.example/logouts"),
            ("LATCHKEY_QUEUE_NOTIFICATIONS", "https://queue.example/notifications"),
            ("LATCHKEY_MAIL_FROM", "id@id.example"),
            ("AWS_REGION", "eu-central-1"),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        Config::from_variables(&variables).unwrap()
    }

    #[test]
    fn the_document_is_the_one_we_know() {
        let registry = Registry::new("https://id.example", Vec::new());
        let document = metadata(&config(), &Settings::default(), &registry);
        let known: Value = serde_json::from_str(include_str!("discovery.snapshot.json")).unwrap();
        assert_eq!(document, known, "changed on purpose? then change discovery.snapshot.json as well");
    }

    #[test]
    fn tokens_in_the_front_channel_are_told_of_while_they_are_on() {
        let registry = Registry::new("https://id.example", Vec::new());
        let mut settings = Settings::default();
        settings.oauth.hybrid_and_implicit = true;
        let document = metadata(&config(), &settings, &registry);
        assert_eq!(document["response_types_supported"].as_array().unwrap().len(), 6);
        assert!(document["grant_types_supported"].as_array().unwrap().contains(&"implicit".into()));
        assert!(document["claims_supported"].as_array().unwrap().contains(&"c_hash".into()));
    }

    #[test]
    fn registration_is_told_of_while_it_is_on() {
        let registry = Registry::new("https://id.example", Vec::new());
        let on = RegistrationSettings { mode: RegistrationMode::Open, ..RegistrationSettings::default() };
        let settings = Settings { registration: on, ..Settings::default() };
        let document = metadata(&config(), &settings, &registry);
        assert_eq!(document["registration_endpoint"], "https://id.example/oauth2/register");
    }
}
