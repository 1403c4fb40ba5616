//! The request as it was understood: nothing in it can be wrong any more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RequestedClaims;
use crate::assurance::Level;
use crate::client::ResponseType;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::oauth::details::Details;
use crate::oauth::scope::{OFFLINE_ACCESS, OPENID};

/// How the response travels (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    /// In its fragment.
    Fragment,
    /// In a form that the browser posts to it.
    FormPost,
    /// In the query, as a JWT (JARM §2.3.1).
    QueryJwt,
    /// In the fragment, as a JWT (JARM §2.3.2).
    FragmentJwt,
    /// In a form, as a JWT (JARM §2.3.3).
    FormPostJwt,
}

impl ResponseMode {
    /// Whether the answer is a JWT.
    #[must_use]
    pub const fn is_jwt(self) -> bool {
        match self {
            Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt => true,
            Self::Query | Self::Fragment | Self::FormPost => false,
        }
    }
}

/// What the customer is to be asked in any case (Core §3.1.2.1; `create`: Initiating User Registration 1.0 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing: answer at once, or with an error.
    None,
    /// To sign in, even with a session.
    Login,
    /// For consent.
    Consent,
    /// Which account.
    SelectAccount,
    /// To sign up.
    Create,
}

/// How the client shows our pages (Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// In the whole window.
    #[default]
    Page,
    /// In a small one.
    Popup,
    /// On a touch screen.
    Touch,
    /// On a feature phone.
    Wap,
}

/// An authorization request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes: a registered address.
    pub redirect_uri: String,
    /// Whether the request named it; if so the token request may have to as well (RFC 6749 §4.1.3).
    pub redirect_uri_given: bool,
    /// What the answer brings; a code, where an earlier version that knew nothing else has kept the request.
    #[serde(default = "code")]
    pub response_type: ResponseType,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Returned as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Returned in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What is asked for: known scopes that the client may have, each once.
    pub scopes: Vec<String>,
    /// For which APIs (RFC 8707); those of the scopes where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What exactly (RFC 9396).
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// Single claims that are asked for.
    #[serde(default)]
    pub claims: RequestedClaims,
    /// What the customer is to be asked in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompt: Vec<Prompt>,
    /// How old the sign-in may be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// Whom the client expects: an identifier, unchecked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Who it must be: of `id_token_hint`, or of a requested `sub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint_subject: Option<UserId>,
    /// How sure the sign-in should be, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// The languages that the customer prefers, best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
    /// How the client shows our pages.
    #[serde(default)]
    pub display: Display,
    /// The S256 challenge (RFC 7636 §4.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
    /// The thumbprint of the key that the code will be bound to (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// Under which hash it was pushed, if it was (RFC 9126): used up with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<String>,
}

const fn code() -> ResponseType {
    ResponseType::Code
}

impl AuthorizationRequest {
    /// Whether the customer is to be asked so in any case.
    #[must_use]
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// What the customer has to agree to: the scopes, and those that stand for single claims.
    #[must_use]
    pub fn scopes_and_claims(&self) -> Vec<String> {
        let mut all = self.scopes.clone();
        for scope in self.claims.scopes() {
            if !all.iter().any(|known| known == scope) {
                all.push(scope.to_owned());
            }
        }
        all
    }

    /// Whether an ID token is asked for.
    #[must_use]
    pub fn is_openid(&self) -> bool {
        self.scopes.iter().any(|scope| scope == OPENID)
    }

    /// Whether the answer is signed, or brings what is: only who may use the signing keys can give it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        !self.response_type.is_code_alone() || self.response_mode.is_jwt()
    }

    /// Whether access is to outlast the session.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scopes.iter().any(|scope| scope == OFFLINE_ACCESS)
    }

    /// Whether a sign-in of `auth_time` is still young enough at `now`.
    #[must_use]
    pub fn accepts_age(&self, auth_time: Timestamp, now: Timestamp) -> bool {
        self.max_age.is_none_or(|seconds| now.since(auth_time).as_secs() <= seconds)
    }

    /// The values of `acr` without which the sign-in must fail (Core §5.5.1.1); `None` where any will do.
    #[must_use]
    pub(super) fn essential_acr(&self) -> Option<Vec<&str>> {
        let acr = self.claims.id_token_claim("acr")?;
        let values = asked_values(acr);
        (acr.get("essential") == Some(&Value::Bool(true)) && !values.is_empty()).then_some(values)
    }

    /// How sure the sign-in must be: as any of these; `None` where any will do. What no name of ours or of the deployment's means is
    /// nothing that could be reached.
    #[must_use]
    pub fn essential_levels(&self, names: &BTreeMap<String, Level>) -> Option<Vec<Level>> {
        Some(self.essential_acr()?.into_iter().filter_map(|name| Level::named(name, names)).collect())
    }

    /// How a sign-in of `level` is called to the client: by the first name that it asked for and that the sign-in comes up to, else by ours.
    #[must_use]
    pub fn acr_of<'a>(&'a self, level: Level, names: &BTreeMap<String, Level>) -> &'a str {
        let claimed = self.claims.id_token_claim("acr").map(asked_values).unwrap_or_default();
        let mut asked = claimed.into_iter().chain(self.acr_values.iter().map(String::as_str));
        let reached = |name: &&str| Level::named(name, names).is_some_and(|one| one <= level);
        asked.find(reached).unwrap_or(level.name())
    }
}

/// The values that are asked for of a claim, best first.
fn asked_values(asked: &Value) -> Vec<&str> {
    let many = asked.get("values").and_then(Value::as_array).into_iter().flatten();
    many.chain(asked.get("value")).filter_map(Value::as_str).collect()
}
