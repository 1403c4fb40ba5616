//! The answer of success: a code, for one minute and once, bound to the client, the redirect URI and the PKCE challenge.

use super::{AuthorizationRequest, AuthorizationResponse, pushed};
use crate::app::App;
use crate::id::GrantId;
use crate::keys::{Handle, HandleKind};
use crate::oauth::codes::Code;
use crate::oauth::grants::Terms;
use crate::session::Session;
use crate::settings;
use crate::store::{StoreError, Write};

/// Gives the client a code for `session`'s customer. The writes belong into the transaction that completes the sign-in; only after it
/// may the response go out.
///
/// # Errors
/// When the settings cannot be read.
pub async fn issue(
    app: &App,
    request: &AuthorizationRequest,
    session: &Session,
) -> Result<(Vec<Write>, AuthorizationResponse), StoreError> {
    let lifetime = settings::load(app).await?.tokens.code;
    let handle = Handle::new(app, HandleKind::Code);
    let code = Code {
        hash: handle.hash(),
        grant: GrantId::new(app),
        terms: Terms {
            client: request.client_id.clone(),
            user: session.user.clone(),
            session: session.id.clone(),
            scopes: request.scopes.clone(),
            resources: request.resources.clone(),
            claims: request.claims.clone(),
            auth_time: session.auth_time,
            acr: session.acr.clone(),
            amr: session.amr.clone(),
        },
        handle_millis: session.handle_millis,
        redirect_uri: request.redirect_uri.clone(),
        redirect_uri_given: request.redirect_uri_given,
        code_challenge: request.code_challenge.clone(),
        jkt: request.dpop_jkt.clone(),
        nonce: request.nonce.clone(),
        expires_at: app.clock.now().plus(lifetime),
        redeemed_at: None,
    };
    let mut writes = vec![Write::create(&code)];
    writes.extend(request.pushed.as_deref().map(|hash| pushed::use_write(app, hash)));
    Ok((writes, request.answer_with(app, handle.expose())))
}
