//! Request objects (RFC 9101, OpenID Connect Core §6.1): the parameters as a JWT that the client has signed, and may have encrypted to
//! us. Only what is in it counts.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{AuthorizeError, ErrorCode, Refusal};
use crate::app::App;
use crate::client::{self, Client};
use crate::clock::Timestamp;
use crate::http::Params;
use crate::keys;
use crate::keys::jws::{self, Jws, Recipients, Times};
use crate::settings::{self, OAuthSettings};

/// The types that it may say it is of (RFC 9101 §4); it may say none.
const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];
/// The most members.
const MOST: usize = 100;
/// What is about the JWT and is no parameter (RFC 7519 §4.1).
const ABOUT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// Parameters that may be lists, each member a parameter of its own.
const LISTS: [&str; 2] = ["resource", "audience"];
/// What must be the same beside it, where it is there (Core §6.1).
const BESIDE: [&str; 2] = ["client_id", "response_type"];

/// What a request object says, if it can be read, and what is wrong with it. Even then the answer goes to where it says, if that is
/// registered.
pub(super) struct Opened {
    pub(super) params: Option<Params>,
    pub(super) wrong: Option<Refusal>,
}

/// What a JWT says about itself.
#[derive(Deserialize)]
struct About {
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    aud: Option<Recipients>,
    #[serde(flatten)]
    times: Times,
}

/// Some clients, or all, must sign their requests (RFC 9101 §10.5).
pub(super) fn check_absent(client: &Client, settings: &OAuthSettings) -> Result<(), Refusal> {
    if client.must_sign_requests() || settings.require_signed_request {
        return Err(Refusal::invalid("the parameters must be signed, in `request` (RFC 9101)"));
    }
    Ok(())
}

/// Opens the request object `text`, which `client` sent beside `outer`.
pub(super) async fn open(
    app: &App,
    client: &Client,
    (text, outer): (&str, &Params),
) -> Result<Opened, AuthorizeError> {
    let unreadable = |wrong| Opened { params: None, wrong: Some(wrong) };
    let text = match is_encrypted(text) {
        false if client.encryption.request_object.is_some() => {
            return Ok(unreadable(refused("it must be encrypted to us, as the client is registered for")));
        }
        false => Cow::Borrowed(text),
        true => match keys::decrypt(app, text).await?.map(String::from_utf8) {
            Some(Ok(text)) => Cow::Owned(text),
            Some(Err(_)) | None => return Ok(unreadable(refused("it is not encrypted to a key of ours"))),
        },
    };
    let jws = match Jws::parse(&text, jws::LIMIT) {
        Ok(jws) => jws,
        Err(error) => return Ok(unreadable(refused(&error.to_string()))),
    };
    let Some(params) = jws.unverified().ok().and_then(|claims| params(&client.id, &claims)) else {
        return Ok(unreadable(refused("its claims are not parameters")));
    };
    let wrong = match check(app, client, &jws).await? {
        Some(wrong) => Some(wrong),
        None => beside(&params, outer),
    };
    Ok(Opened { params: Some(params), wrong })
}

fn is_encrypted(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 4
}

fn refused(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequestObject, format!("`request`: {why}"))
}

/// What is wrong with the JWT itself.
async fn check(app: &App, client: &Client, jws: &Jws<'_>) -> Result<Option<Refusal>, AuthorizeError> {
    let header = jws.header();
    if header.typ.is_some() && !TYPES.iter().any(|typ| jws.is_typ(typ)) {
        return Ok(Some(refused("its `typ` must be oauth-authz-req+jwt or JWT, or absent")));
    }
    let registered = client.request_object_algorithm.as_ref();
    let verified = if client.unsigned_request_objects && jws.is_unsecured() {
        if let Err(refusal) = check_absent(client, &settings::load(app).await?.oauth) {
            return Ok(Some(refusal));
        }
        jws.unverified::<About>().map_err(|error| error.to_string())
    } else {
        client::verify_request::<About>(app, client, jws, registered).await?
    };
    Ok(match verified {
        Ok(about) => {
            let now = app.clock.now();
            let strict = client.compliance.is_fapi2().then(|| about.strict_fault(now)).flatten();
            about.fault((&client.id, &app.config.issuer), now).or(strict).map(refused)
        }
        Err(fault) => Some(refused(&fault)),
    })
}

impl About {
    /// What of it does not hold (RFC 9101 §4, §6.3).
    fn fault(&self, (client, issuer): (&str, &String), now: Timestamp) -> Option<&'static str> {
        if self.iss.as_deref().is_some_and(|iss| iss != client) {
            return Some("its `iss` is not the client");
        }
        // A client assertion says the same of itself (§10.8).
        if self.sub.as_deref() == Some(client) {
            return Some("its `sub` must not be the client");
        }
        if self.aud.as_ref().is_some_and(|aud| !aud.include(std::slice::from_ref(issuer))) {
            return Some("its `aud` is not this issuer");
        }
        (!self.times.hold(now)).then_some("it has expired, or is not yet valid")
    }
}

/// What FAPI wants of it beyond that (FAPI 2.0 Message Signing §5.3.1): that it is for us, recent and short-lived.
impl About {
    fn strict_fault(&self, now: Timestamp) -> Option<&'static str> {
        if self.aud.is_none() {
            return Some("its `aud` is missing");
        }
        (!self.times.is_recent(now)).then_some(
            "it needs an `nbf` of at most 60 minutes ago, and an `exp` of at most 60 minutes after that",
        )
    }
}

/// The parameters in `claims`; `None` where there are too many, or they refer to further ones (§4).
pub(in crate::oauth) fn params(client: &str, claims: &Map<String, Value>) -> Option<Params> {
    let nested = ["request", "request_uri"].iter().any(|name| claims.contains_key(*name));
    if nested || claims.len() > MOST {
        return None;
    }
    let mut params = Params::default();
    for (name, value) in claims.iter().filter(|(name, _)| !ABOUT.contains(&name.as_str())) {
        params = match value {
            Value::Null => params,
            Value::String(text) => params.with(name, text),
            Value::Array(members) if LISTS.contains(&name.as_str()) => {
                let texts: Option<Vec<&str>> = members.iter().take(MOST).map(Value::as_str).collect();
                texts?.into_iter().fold(params, |params, text| params.with(name, text))
            }
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                params.with(name, value.to_string())
            }
        };
    }
    Some(if params.get("client_id").is_none() { params.with("client_id", client) } else { params })
}

/// What contradicts the object beside it. Everything else there does not count (§5).
fn beside(params: &Params, outer: &Params) -> Option<Refusal> {
    let differs = |name: &&&str| {
        let (within, beside) = (params.get(name), outer.get(name));
        within.is_some() && beside.is_some() && within != beside
    };
    let name = BESIDE.iter().find(differs)?;
    Some(refused(&format!("its `{name}` is not the one beside it")))
}
