//! Pushed authorization requests (RFC 9126): the client hands us the parameters itself, and the browser brings a reference to them.
//! `pushed#<hash>`/`pushed`.
//!
//! One answer comes of a pushed request: it is used up in the transaction that gives a code. Until then, and for its short life, the
//! browser may bring the reference again, since browsers reload pages and fetch them ahead.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::validate::Asked;
use super::{AuthorizeError, ErrorCode, Refusal};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::http::{Params, Response};
use crate::keys::{Handle, HandleKind};
use crate::oauth::dpop::{self, DpopError};
use crate::settings::{self, OAuthSettings};
use crate::store::{self, Condition, Entity, Key, Table, Update, Write};

/// What a reference begins with (RFC 9126 §2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// What proves who the client is, and is no part of the request.
pub(super) const PROOFS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// By which way a request comes.
pub(super) enum Way {
    /// In the browser's address.
    Browser,
    /// From the client itself, to be referred to.
    Push,
    /// From an application that shows the steps itself: the answer goes to it, not to an address.
    Direct,
    /// In the browser, by reference: under this hash, and whether it is spent or too old.
    Reference { hash: String, over: bool },
}

impl Way {
    /// Whether `client` may ask this way.
    pub(super) fn check(
        &self,
        (client, params): (&Client, &Params),
        settings: &OAuthSettings,
    ) -> Result<(), Refusal> {
        match self {
            Self::Browser if client.must_push() || settings.require_pushed => {
                Err(Refusal::invalid("the request must be pushed first (RFC 9126)"))
            }
            Self::Reference { over: true, .. } => Err(Refusal::new(
                ErrorCode::InvalidRequestUri,
                "the `request_uri` was used or has expired: push the request again",
            )),
            Self::Direct if params.get("request_uri").or(params.get("request")).is_some() => Err(
                Refusal::invalid("an application itself sends the parameters, no `request` or `request_uri`"),
            ),
            Self::Direct if params.get("response_type").is_some_and(|types| types != "code") => {
                Err(Refusal::new(ErrorCode::UnsupportedResponseType, "`response_type` must be code"))
            }
            Self::Browser | Self::Push | Self::Direct | Self::Reference { .. } => Ok(()),
        }
    }

    /// Whether a request may come as an object this way.
    pub(super) const fn takes_objects(&self) -> bool {
        match self {
            Self::Browser | Self::Push => true,
            Self::Direct | Self::Reference { .. } => false,
        }
    }

    /// Whether the object may be somewhere else: not of a client whose request is refused in any case.
    pub(super) fn follows(&self, client: &Client, settings: &OAuthSettings) -> bool {
        let must_push = client.must_push() || settings.require_pushed;
        settings.request_uri && matches!(self, Self::Browser) && !must_push
    }

    /// The hash of the reference.
    pub(super) fn into_hash(self) -> Option<String> {
        match self {
            Self::Reference { hash, .. } => Some(hash),
            Self::Browser | Self::Push | Self::Direct => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct PushedRequest {
    hash: String,
    client: String,
    /// The parameters, form-encoded.
    request: String,
    /// Until when it may be referred to.
    expires_at: Timestamp,
    /// Until when a sign-in that it began may be completed.
    kept_until: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
}

impl Entity for PushedRequest {
    const TYPE: &'static str = "pushed_request";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.kept_until)
    }
}

fn key(hash: &str) -> Key {
    Key::new(format!("pushed#{hash}"), "pushed")
}

/// A request that was pushed.
pub struct Pushed {
    handle: Handle,
    lifetime: Duration,
}

impl Pushed {
    /// The reference and how long it is good (RFC 9126 §2.2).
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self) -> Reply {
        let request_uri = format!("{PREFIX}{}", self.handle.expose());
        let body = json!({ "request_uri": request_uri, "expires_in": self.lifetime.as_secs() });
        let response = Response::json(StatusCode::CREATED, &body)?;
        Ok(response.header(header::CACHE_CONTROL, "no-store"))
    }
}

/// Keeps a request of `client`, which has proven who it is, after checking it as the authorization endpoint does. Its code will be bound
/// to the key of this thumbprint, if the client has proven one.
///
/// # Errors
/// Why it would not be accepted there.
pub async fn push(
    app: &App,
    client: &Arc<Client>,
    params: &Params,
    proven: Option<&str>,
) -> Result<Pushed, AuthorizeError> {
    let own = Params::default().with("client_id", &client.id);
    let params = params
        .iter()
        .filter(|(name, _)| *name != "client_id" && !PROOFS.contains(name))
        .fold(own, |params, (name, value)| params.with(name, value));
    if params.get("request_uri").is_some() {
        let refusal = Refusal::invalid("a pushed request must not have a `request_uri` itself");
        return Err(AuthorizeError::Told(refusal));
    }
    let asked = Asked { client: Arc::clone(client), params: Cow::Borrowed(&params), way: Way::Push };
    let (asked, wrong) = asked.open(app).await?;
    // Who pushes is told, wherever the answer would go.
    if let Some(refusal) = wrong {
        return Err(AuthorizeError::Told(refusal));
    }
    let request = bound(&asked.params, proven)?.encode();
    asked.check_opened(app, None).await?;
    let settings = settings::load(app).await?;
    let lifetime = client.compliance.pushed_lifetime(settings.oauth.par_lifetime);
    let handle = Handle::new(app, HandleKind::PushedRequest);
    let expires_at = app.clock.now().plus(lifetime);
    let request = PushedRequest {
        hash: handle.hash(),
        client: client.id.clone(),
        request,
        expires_at,
        kept_until: expires_at.plus(settings.sessions.transaction),
        used_at: None,
    };
    store::write(app, Write::create(&request)).await?;
    Ok(Pushed { handle, lifetime })
}

/// The request, which names the key that was proven with it as if it had done so itself: what is brought later brings no proof.
fn bound(params: &Params, proven: Option<&str>) -> Result<Params, DpopError> {
    let named = params.get("dpop_jkt");
    Ok(match dpop::key_of_code(named, proven)?.filter(|_| named.is_none()) {
        Some(jkt) => params.clone().with("dpop_jkt", jkt),
        None => params.clone(),
    })
}

/// The handle of a reference that we gave out, if `params` bring one.
pub(super) fn reference(params: &Params) -> Option<&str> {
    params.get("request_uri")?.strip_prefix(PREFIX)
}

/// What `client` pushed under `reference`. What else the browser brings does not count (RFC 9126 §4).
pub(super) async fn load(
    app: &App,
    client: Arc<Client>,
    reference: &str,
) -> Result<Asked<'static>, AuthorizeError> {
    let handle = Handle::parse(HandleKind::PushedRequest, reference).ok_or(AuthorizeError::RequestUri)?;
    let hash = handle.hash();
    let stored = store::get_now::<PushedRequest>(app, key(&hash)).await?;
    let pushed = stored.filter(|pushed| pushed.client == client.id).ok_or(AuthorizeError::RequestUri)?.entity;
    let params = Params::parse(pushed.request.as_bytes()).map_err(|_| AuthorizeError::RequestUri)?;
    let over = pushed.used_at.is_some() || app.clock.now() >= pushed.expires_at;
    Ok(Asked { client, params: Cow::Owned(params), way: Way::Reference { hash, over } })
}

/// The write that uses up what was pushed under `hash`: refused when another answer came of it.
pub(super) fn use_write(app: &App, hash: &str) -> Write {
    let unused = [Condition::Exists, Condition::Absent("used_at")];
    Update::of::<PushedRequest>(key(hash)).set("used_at", &app.clock.now()).when(&unused).into()
}
