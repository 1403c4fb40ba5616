//! What a client says of itself (RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2), and the rules that it must keep.
//! What we do not know is ignored; what would promise a protection that we do not give is refused.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::uri::check_web_page;
use super::{
    ApplicationType, AuthMethod, Client, ClientError, Consent, GrantType, KeySet, Links, Pkce, RedirectRules,
    TokenFormat,
};
use crate::keys::Algorithm;

/// The most members of any list.
const MOST: usize = 50;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// The longest of the other texts, in bytes.
const LONGEST_TEXT: usize = 256;
/// Members that ask for encrypted answers.
const ENCRYPTION: [&str; 4] = [
    "id_token_encrypted_response_alg",
    "userinfo_encrypted_response_alg",
    "introspection_encrypted_response_alg",
    "authorization_encrypted_response_alg",
];
/// Members that, when true, ask for protections that this version does not give.
const PROTECTIONS: [&str; 4] = [
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
];

/// The metadata, as they come and go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the specifications named above")]
pub struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_acr_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    #[serde(flatten)]
    pub links: Links,
    /// Whether requests without PKCE are taken, of a confidential client: `required` or `optional`.
    #[serde(rename = "latchkey_pkce", skip_serializing_if = "Option::is_none")]
    pub pkce: Option<String>,
    /// What access tokens look like: `jwt` or `opaque`.
    #[serde(rename = "latchkey_access_token_format", skip_serializing_if = "Option::is_none")]
    pub access_token_format: Option<String>,
    /// What they are signed with.
    #[serde(rename = "latchkey_access_token_signed_response_alg", skip_serializing_if = "Option::is_none")]
    pub access_token_algorithm: Option<String>,
    /// All others.
    #[serde(flatten, skip_serializing)]
    pub others: Map<String, Value>,
}

/// What a deployment lets clients say of themselves.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether plain http on `localhost` may receive redirects.
    pub localhost: bool,
    /// The scopes that may be asked for: all of them where the metadata name none.
    pub scopes: Vec<String>,
    /// The grant types that may be asked for.
    pub grant_types: Vec<GrantType>,
}

fn refused(detail: impl Into<String>) -> ClientError {
    ClientError::InvalidMetadata(detail.into())
}

impl Metadata {
    /// Makes `client` what the metadata say, all of it (RFC 7592 §2.2: what is left out gets its default).
    ///
    /// # Errors
    /// [`ClientError::InvalidMetadata`] or [`ClientError::InvalidRedirectUri`].
    pub fn apply(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        self.check_unsupported()?;
        self.check_texts()?;
        client.consent = Consent::Ask;
        client.name = self.client_name.clone().filter(|name| !name.is_empty());
        client.application_type = choose(&self.application_type, "application_type", ApplicationType::find)?
            .unwrap_or(ApplicationType::Web);
        self.apply_authentication(client)?;
        self.apply_grants(policy, client)?;
        self.apply_uris(policy, client)?;
        self.apply_scopes(policy, client)?;
        self.apply_tokens(client)?;
        client.default_max_age = self.default_max_age;
        client.default_acr_values = self.default_acr_values.clone().unwrap_or_default();
        client.links = self.links.clone();
        client.contacts = self.contacts.clone().unwrap_or_default();
        client.software_id = self.software_id.clone();
        client.software_version = self.software_version.clone();
        Ok(())
    }

    fn check_unsupported(&self) -> Result<(), ClientError> {
        if self.jwks_uri.is_some() {
            return Err(refused("`jwks_uri` is not supported: register the keys themselves as `jwks`"));
        }
        if self.subject_type.as_deref().is_some_and(|kind| kind != "public") {
            return Err(refused("`subject_type` must be public"));
        }
        if let Some(name) =
            ENCRYPTION.into_iter().find(|name| self.others.get(*name).is_some_and(|value| !value.is_null()))
        {
            return Err(refused(format!("`{name}` is not supported")));
        }
        match PROTECTIONS.into_iter().find(|name| self.others.get(*name) == Some(&Value::Bool(true))) {
            Some(name) => Err(refused(format!("`{name}` is not supported"))),
            None => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), ClientError> {
        let sound_name =
            |name: &String| name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
        if !self.client_name.iter().all(sound_name) {
            return Err(refused(format!(
                "`client_name` must be at most {LONGEST_NAME} printable characters"
            )));
        }
        let lists = [&self.contacts, &self.default_acr_values];
        let texts =
            lists.into_iter().flatten().flatten().chain(&self.software_id).chain(&self.software_version);
        let sound = |text: &String| text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control);
        if lists.into_iter().flatten().any(|list| list.len() > MOST) || !texts.into_iter().all(sound) {
            return Err(refused("a text of the metadata is too long"));
        }
        let Links { client_uri, logo_uri, policy_uri, tos_uri, initiate_login_uri } = &self.links;
        for (name, uri) in [
            ("client_uri", client_uri),
            ("logo_uri", logo_uri),
            ("policy_uri", policy_uri),
            ("tos_uri", tos_uri),
            ("initiate_login_uri", initiate_login_uri),
        ] {
            if let Some(uri) = uri {
                check_web_page(uri).map_err(|fault| refused(format!("`{name}`: {fault}")))?;
            }
        }
        Ok(())
    }

    fn apply_authentication(&self, client: &mut Client) -> Result<(), ClientError> {
        let method =
            choose(&self.token_endpoint_auth_method, "token_endpoint_auth_method", AuthMethod::find)?;
        client.auth_method = method.unwrap_or(AuthMethod::ClientSecretBasic);
        client.auth_algorithm = choose(
            &self.token_endpoint_auth_signing_alg,
            "token_endpoint_auth_signing_alg",
            Algorithm::find_theirs,
        )?;
        client.jwks = self.jwks.as_ref().map(KeySet::parse).transpose().map_err(refused)?;
        if client.auth_method == AuthMethod::PrivateKeyJwt && client.jwks.is_none() {
            return Err(refused("`private_key_jwt` needs `jwks`"));
        }
        Ok(())
    }

    /// Grant types that we do not know or may not give are left out (RFC 7591 §2: the server may replace what was asked for).
    fn apply_grants(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let default = vec![GrantType::AuthorizationCode.name().to_owned()];
        let asked = self.grant_types.as_ref().filter(|asked| !asked.is_empty()).unwrap_or(&default);
        let mut grants: Vec<GrantType> = Vec::new();
        for grant in asked.iter().filter_map(|name| GrantType::find(name)) {
            if policy.grant_types.contains(&grant) && !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        if grants.is_empty() {
            return Err(refused("`grant_types` names none that a client may have here"));
        }
        if client.auth_method.is_public() && grants.contains(&GrantType::ClientCredentials) {
            return Err(refused("`client_credentials` is for clients that prove who they are"));
        }
        let codes = grants.contains(&GrantType::AuthorizationCode);
        let types = self.response_types.as_ref().filter(|types| !types.is_empty());
        if codes && types.is_some_and(|types| !types.iter().any(|one| one == "code")) {
            return Err(refused("`response_types` must contain code"));
        }
        client.grant_types = grants;
        Ok(())
    }

    fn apply_uris(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let rules = RedirectRules { application_type: client.application_type, localhost: policy.localhost };
        let redirects = self.redirect_uris.clone().unwrap_or_default();
        let returns = self.post_logout_redirect_uris.clone().unwrap_or_default();
        if redirects.len() > MOST || returns.len() > MOST {
            return Err(refused(format!("more than {MOST} addresses")));
        }
        if redirects.is_empty() && client.may_use(GrantType::AuthorizationCode) {
            return Err(ClientError::InvalidRedirectUri("`redirect_uris` is missing".to_owned()));
        }
        for uri in &redirects {
            rules.check(uri).map_err(|fault| ClientError::InvalidRedirectUri(fault.to_string()))?;
        }
        for uri in &returns {
            rules.check(uri).map_err(|fault| refused(format!("`post_logout_redirect_uris`: {fault}")))?;
        }
        client.redirect_uris = redirects;
        client.post_logout_redirect_uris = returns;
        Ok(())
    }

    fn apply_scopes(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let Some(asked) = &self.scope else {
            client.scopes.clone_from(&policy.scopes);
            return Ok(());
        };
        let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
        client.scopes =
            policy.scopes.iter().filter(|scope| asked.contains(&scope.as_str())).cloned().collect();
        if client.scopes.is_empty() && !asked.is_empty() {
            return Err(refused("`scope` names none that a client may have here"));
        }
        Ok(())
    }

    fn apply_tokens(&self, client: &mut Client) -> Result<(), ClientError> {
        let algorithm = |text, name| choose(text, name, Algorithm::find);
        client.id_token_algorithm =
            algorithm(&self.id_token_signed_response_alg, "id_token_signed_response_alg")?
                .unwrap_or_default();
        client.userinfo_algorithm =
            algorithm(&self.userinfo_signed_response_alg, "userinfo_signed_response_alg")?;
        let name = "latchkey_access_token_signed_response_alg";
        client.access_token_algorithm = algorithm(&self.access_token_algorithm, name)?.unwrap_or_default();
        let format = choose(&self.access_token_format, "latchkey_access_token_format", TokenFormat::find)?;
        client.access_token_format = format.unwrap_or(TokenFormat::Jwt);
        client.pkce = choose(&self.pkce, "latchkey_pkce", Pkce::find)?.unwrap_or(Pkce::Required);
        if client.auth_method.is_public() && client.pkce == Pkce::Optional {
            return Err(refused("`latchkey_pkce` must be required of a public client"));
        }
        Ok(())
    }

    /// What is registered of `client`.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        let text = |name: &'static str| Some(name.to_owned());
        let codes = client.may_use(GrantType::AuthorizationCode);
        Self {
            client_name: client.name.clone(),
            application_type: text(client.application_type.name()),
            redirect_uris: Some(client.redirect_uris.clone()),
            post_logout_redirect_uris: Some(client.post_logout_redirect_uris.clone()),
            token_endpoint_auth_method: text(client.auth_method.name()),
            token_endpoint_auth_signing_alg: client
                .auth_algorithm
                .map(|algorithm| algorithm.name().to_owned()),
            grant_types: Some(client.grant_types.iter().map(|grant| grant.name().to_owned()).collect()),
            response_types: Some(if codes { vec!["code".to_owned()] } else { Vec::new() }),
            scope: Some(client.scopes.join(" ")),
            jwks: client.jwks.as_ref().and_then(|keys| serde_json::to_value(keys).ok()),
            jwks_uri: None,
            subject_type: text("public"),
            id_token_signed_response_alg: text(client.id_token_algorithm.name()),
            userinfo_signed_response_alg: client
                .userinfo_algorithm
                .map(|algorithm| algorithm.name().to_owned()),
            default_max_age: client.default_max_age,
            default_acr_values: Some(client.default_acr_values.clone()).filter(|values| !values.is_empty()),
            contacts: Some(client.contacts.clone()).filter(|contacts| !contacts.is_empty()),
            software_id: client.software_id.clone(),
            software_version: client.software_version.clone(),
            links: client.links.clone(),
            pkce: text(if client.must_use_pkce() { Pkce::Required.name() } else { Pkce::Optional.name() }),
            access_token_format: text(client.access_token_format.name()),
            access_token_algorithm: text(client.access_token_algorithm.name()),
            others: Map::new(),
        }
    }
}

/// The variant that `text` names.
fn choose<T>(
    text: &Option<String>,
    member: &'static str,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ClientError> {
    let chosen = text.as_deref().filter(|text| !text.is_empty()).map(find);
    match chosen {
        Some(None) => Err(refused(format!("`{member}` is not supported"))),
        Some(found) => Ok(found),
        None => Ok(None),
    }
}
