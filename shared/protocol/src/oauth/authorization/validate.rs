//! The rules in their order: first whose request it is and where an answer may go, then all others, whose refusals go there.

use std::borrow::Cow;
use std::sync::Arc;

use super::error::{AuthorizeError, ErrorCode, Refusal, Refused};
use super::pushed::{self, PROOFS, Way};
use super::request_object::Opened;
use super::respond::ReturnAddress;
use super::{
    Access, AuthorizationRequest, access, claims, dpop_jkt, hint, max_age, pkce, prompt, redirect_uri,
    request_object, request_uri, response_type, scopes, texts,
};
use crate::app::App;
use crate::assurance::Level;
use crate::client::{self, Client, Status};
use crate::http::Params;
use crate::id::UserId;
use crate::oauth::scope::{self, OPENID, Registry};
use crate::oauth::subject::Naming;
use crate::settings::{self, OAuthSettings};

/// A request that was accepted.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The request.
    pub request: AuthorizationRequest,
    /// Who asks.
    pub client: Arc<Client>,
}

/// Checks the parameters of an authorization request, all of them, or of what was pushed before. Unknown ones are ignored (RFC 6749
/// §3.1).
///
/// # Errors
/// [`AuthorizeError`], which knows who may be told.
pub async fn validate(app: &App, params: &Params) -> Result<Validated, AuthorizeError> {
    let client = find_client(app, params).await?;
    let asked = match pushed::reference(params) {
        Some(reference) => pushed::load(app, client, reference).await?,
        None => Asked { client, params: Cow::Borrowed(params), way: Way::Browser },
    };
    asked.check(app).await
}

/// Checks the parameters of a request that `client`, which has proven who it is, makes by itself and is to be answered itself
/// (draft-ietf-oauth-first-party-apps-03 §5.1): it needs no redirect URI.
///
/// # Errors
/// Why it would not be accepted at the authorization endpoint either.
pub async fn validate_direct(
    app: &App,
    client: &Arc<Client>,
    params: &Params,
) -> Result<AuthorizationRequest, AuthorizeError> {
    let own = Params::default().with("client_id", &client.id);
    // A mode says how an answer travels through a browser, and here is none.
    let params = params
        .iter()
        .filter(|(name, _)| !["client_id", "response_mode"].contains(name) && !PROOFS.contains(name))
        .fold(own, |params, (name, value)| params.with(name, value));
    let asked = Asked { client: Arc::clone(client), params: Cow::Owned(params), way: Way::Direct };
    Ok(asked.check(app).await?.request)
}

/// A request that is still to be checked.
pub(super) struct Asked<'a> {
    pub(super) client: Arc<Client>,
    pub(super) params: Cow<'a, Params>,
    pub(super) way: Way,
}

impl<'a> Asked<'a> {
    /// With the parameters of its request object, where it has one, in place of those beside it; and what is wrong with that. What was
    /// pushed was opened then.
    pub(super) async fn open(self, app: &App) -> Result<(Asked<'a>, Option<Refusal>), AuthorizeError> {
        let Self { client, params, way } = self;
        if let Way::Reference { .. } = way {
            return Ok((Self { client, params, way }, None));
        }
        let settings = settings::load(app).await?;
        let value = params.get("request").filter(|_| way.takes_objects());
        let reference = params.get("request_uri").filter(|_| way.follows(&client, &settings.oauth));
        let text: Arc<str> = match (value, reference) {
            (None, None) => {
                let unsigned = request_object::check_absent(&client, &settings.oauth).err();
                return Ok((Self { client, params, way }, unsigned));
            }
            (Some(_), Some(_)) => {
                let both = Refusal::invalid("`request` and `request_uri` exclude each other");
                return Ok((Self { client, params, way }, Some(both)));
            }
            (Some(text), None) => text.into(),
            (None, Some(uri)) => match request_uri::load(app, &client, uri).await? {
                Ok(text) => text,
                Err(refusal) => return Ok((Self { client, params, way }, Some(refusal))),
            },
        };
        let Opened { params: within, wrong } = request_object::open(app, &client, (&text, &params)).await?;
        let params = within.map_or_else(|| params.clone(), Cow::Owned);
        Ok((Asked { client, params, way }, wrong))
    }

    pub(super) async fn check(self, app: &App) -> Result<Validated, AuthorizeError> {
        let (asked, wrong) = self.open(app).await?;
        asked.check_opened(app, wrong).await
    }

    pub(super) async fn check_opened(
        self,
        app: &App,
        wrong: Option<Refusal>,
    ) -> Result<Validated, AuthorizeError> {
        let Self { client, params, way } = self;
        let is_openid =
            params.get("scope").is_some_and(|scopes| scopes.split(' ').any(|scope| scope == OPENID));
        let (redirect_uri, redirect_uri_given) = match way {
            Way::Direct if params.get("redirect_uri").is_none() => (String::new(), false),
            _ => redirect_uri::check(&client, &params, is_openid)?,
        };
        let (mode, wrong_mode) = response_type::mode(&client, &params, &redirect_uri);
        let state = texts::state(&params);
        let state_given = state.clone().unwrap_or_default();
        let to = ReturnAddress { client: client.id.clone(), redirect_uri, mode, state: state_given };
        let refused = |refusal| AuthorizeError::Refused(Box::new(Refused { refusal, to: to.clone() }));
        let settings = settings::load(app).await?;
        way.check((&client, &params), &settings.oauth).map_err(refused)?;
        if let Some(refusal) = wrong {
            return Err(refused(refusal));
        }
        if let Some(refusal) = wrong_mode.or(state.err()) {
            return Err(refused(refusal));
        }
        let (registry, hinted) = tokio::join!(scope::registry(app), hint::check(app, &client, &params));
        let hinted = hinted?.map_err(refused)?;
        let naming = Naming::of(app, &client).await?;
        let seen = Seen {
            settings: &settings.oauth,
            registry: &*registry?,
            client: &client,
            naming: &naming,
            params: &params,
            hinted,
        };
        let mut request = seen.check(&to, redirect_uri_given).map_err(refused)?;
        request.pushed = way.into_hash();
        Ok(Validated { request, client })
    }
}

async fn find_client(app: &App, params: &Params) -> Result<Arc<Client>, AuthorizeError> {
    let id = params.get("client_id").ok_or(AuthorizeError::NoClient)?;
    let client = client::find(app, id).await?.ok_or(AuthorizeError::UnknownClient)?;
    match client.status {
        Status::Active => Ok(client),
        Status::Disabled => Err(AuthorizeError::DisabledClient),
    }
}

/// All that the remaining rules look at: they are pure.
pub(super) struct Seen<'a> {
    pub(super) settings: &'a OAuthSettings,
    pub(super) registry: &'a Registry,
    pub(super) client: &'a Client,
    pub(super) naming: &'a Naming,
    pub(super) params: &'a Params,
    pub(super) hinted: Option<UserId>,
}

impl Seen<'_> {
    pub(super) fn check(
        self,
        to: &ReturnAddress,
        redirect_uri_given: bool,
    ) -> Result<AuthorizationRequest, Refusal> {
        let Self { settings, registry, client, naming, params, hinted } = self;
        check_unsupported(params)?;
        let response_type = response_type::check(settings, client, params)?;
        let Access { scopes, resources, details } = access::check(registry, client, params)?;
        scopes::check_openid(response_type, &scopes)?;
        let claims = claims::check(client, params)?;
        let asked = claims::subject(&claims, naming)?;
        if hinted.is_some() && asked.is_some() && hinted != asked {
            return Err(Refusal::invalid(
                "`id_token_hint` and the `sub` in `claims` name different subjects",
            ));
        }
        let request = AuthorizationRequest {
            client_id: client.id.clone(),
            redirect_uri: to.redirect_uri.clone(),
            redirect_uri_given,
            response_type,
            response_mode: to.mode,
            state: to.state.clone(),
            nonce: texts::nonce(response_type, params)?,
            scopes,
            resources,
            details,
            claims,
            prompt: prompt::check(params)?,
            max_age: max_age::check(client, params)?,
            login_hint: texts::login_hint(params),
            hint_subject: hinted.or(asked),
            acr_values: texts::acr_values(client, params)?,
            ui_locales: texts::ui_locales(params),
            display: prompt::display(params),
            code_challenge: pkce::check(response_type, client, params)?,
            dpop_jkt: dpop_jkt::check(params)?,
            pushed: None,
        };
        check_reachable(settings, &request)?;
        Ok(request)
    }
}

/// An essential `acr` that no sign-in here comes up to is refused at once (unmet_authentication_requirements 1.0).
fn check_reachable(settings: &OAuthSettings, request: &AuthorizationRequest) -> Result<(), Refusal> {
    match request.essential_levels(&settings.acr) {
        Some(levels) if !levels.iter().any(|level| *level <= Level::REACHABLE) => {
            let detail = "no sign-in here reaches the `acr` that is demanded";
            Err(Refusal::new(ErrorCode::UnmetAuthenticationRequirements, detail))
        }
        Some(_) | None => Ok(()),
    }
}

/// References to elsewhere and self-issued registration have codes of their own (Core §6.2, §7.2.1).
fn check_unsupported(params: &Params) -> Result<(), Refusal> {
    let unsupported = [
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ];
    match unsupported.into_iter().find(|(name, _)| params.get(name).is_some()) {
        Some((name, code)) => Err(Refusal::new(code, format!("the parameter `{name}` is not supported"))),
        None => Ok(()),
    }
}
