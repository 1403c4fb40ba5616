//! The answer of success: a code, for one minute and once, bound to the client, the redirect URI and the PKCE challenge; and what else
//! the response type asks for.

use super::{AuthorizationRequest, AuthorizationResponse, AuthorizeError, front, pushed};
use crate::app::App;
use crate::client::Client;
use crate::hook::Cause;
use crate::id::GrantId;
use crate::identity::User;
use crate::keys::{Handle, HandleKind};
use crate::oauth::codes::Code;
use crate::oauth::grants::Terms;
use crate::session::Session;
use crate::settings::{self, OAuthSettings, Settings};
use crate::store::Write;

/// A request that is granted.
#[derive(Clone, Copy)]
pub struct Granted<'a> {
    /// What was asked.
    pub request: &'a AuthorizationRequest,
    /// Who asked.
    pub client: &'a Client,
    /// The sign-in that it is granted in.
    pub session: &'a Session,
    /// Who grants it.
    pub user: &'a User,
}

/// Gives the client what it asked for. The writes belong into the transaction that completes the sign-in; only after it may the
/// response go out.
///
/// # Errors
/// When the settings or a signing key cannot be had.
pub async fn issue(
    app: &App,
    granted: Granted<'_>,
    cause: &Cause<'_>,
) -> Result<(Vec<Write>, AuthorizationResponse), AuthorizeError> {
    let request = granted.request;
    let (mut writes, mut said) = (Vec::new(), Vec::new());
    let handle = request.response_type.has_code().then(|| Handle::new(app, HandleKind::Code));
    if let Some(handle) = &handle {
        writes.push(Write::create(&granted.code(app, handle, &*settings::load(app).await?)));
        said.push(("code", handle.expose().to_owned()));
    }
    if !request.response_type.is_code_alone() {
        let code = said.first().map(|(_, code)| code.clone());
        let given = front::give(app, granted, code.as_deref(), cause).await?;
        writes.extend(given.writes);
        said.extend(given.said);
    }
    writes.extend(request.pushed.as_deref().map(|hash| pushed::use_write(app, hash)));
    Ok((writes, request.answer_with(app, said).await?.carrying(handle.as_ref())))
}

impl Granted<'_> {
    pub(super) fn terms(&self, settings: &OAuthSettings) -> Terms {
        let Self { request, session, user, .. } = *self;
        Terms {
            epoch: user.epoch,
            client: request.client_id.clone(),
            user: session.user.clone(),
            session: Some(session.id.clone()),
            scopes: request.scopes.clone(),
            resources: request.resources.clone(),
            details: request.details.clone(),
            claims: request.claims.clone(),
            auth_time: Some(session.auth_time),
            acr: Some(request.acr_of(session.acr, &settings.acr).to_owned()),
            amr: session.amr.clone(),
        }
    }

    fn code(&self, app: &App, handle: &Handle, settings: &Settings) -> Code {
        let Self { request, client, .. } = *self;
        Code {
            hash: handle.hash(),
            grant: GrantId::new(app),
            terms: self.terms(&settings.oauth),
            redirect_uri: request.redirect_uri.clone(),
            redirect_uri_given: request.redirect_uri_given,
            code_challenge: request.code_challenge.clone(),
            jkt: request.dpop_jkt.clone(),
            nonce: request.nonce.clone(),
            expires_at: app.clock.now().plus(client.compliance.code_lifetime(settings.tokens.code)),
            redeemed_at: None,
        }
    }
}
