//! Tokens in the front channel (OpenID Connect Core §3.2.2.5, §3.3.2.5): an access token is a grant of its own, without refresh token;
//! an ID token vouches for what comes with it.

use super::issue::Granted;
use crate::app::App;
use crate::client::{ClientError, Lifetimes, ResponseType};
use crate::hook::Cause;
use crate::id::GrantId;
use crate::identity::{self, Wanted};
use crate::keys::KeyError;
use crate::oauth::grants::{self, Grant, Terms};
use crate::oauth::scope;
use crate::oauth::subject::Naming;
use crate::oauth::token_endpoint;
use crate::oauth::tokens::{self, AccessTokenFor, Confirmation, IdTokenFor};
use crate::settings::{self, TokenSettings};
use crate::store::Write;

/// What is given, and what has to be written before.
#[derive(Default)]
pub(super) struct FrontChannelTokens {
    pub(super) writes: Vec<Write>,
    pub(super) said: Vec<(&'static str, String)>,
}

/// Makes the tokens of the request's response type, which go with `code`.
pub(super) async fn give(
    app: &App,
    granted: Granted<'_>,
    code: Option<&str>,
    cause: &Cause<'_>,
) -> Result<FrontChannelTokens, ClientError> {
    let settings = settings::load(app).await?;
    let (grant, terms) = (GrantId::new(app), granted.terms(&settings.oauth));
    let mut given = FrontChannelTokens::default();
    let mut token = None;
    if granted.request.response_type.has_access_token() {
        let (text, access) = access_token(app, granted, ((&grant, &terms), &settings.tokens), cause).await?;
        given = access;
        token = Some(text);
    }
    if granted.request.response_type.has_id_token() {
        let (request, client) = (granted.request, granted.client);
        let naming = Naming::of(app, client).await?;
        let wanted = IdTokenFor {
            client,
            lifetime: Lifetimes::choose(client.lifetimes.id, settings.tokens.id, settings.tokens.longest),
            customer: terms.customer(&grant, &naming),
            nonce: request.nonce.as_deref(),
            access_token: token.as_deref(),
            code,
            state: request.state.as_deref(),
            claims: &identity::claims(granted.user, &wanted(granted)),
        };
        given.said.push(("id_token", tokens::id_token(app, &wanted).await?));
    }
    Ok(given)
}

/// What the ID token tells of the customer: the claims that were asked for in it, and those of the scopes where there will be no
/// access token to ask for them with (Core §5.4).
fn wanted(granted: Granted<'_>) -> Wanted {
    let request = granted.request;
    let scopes = match request.response_type {
        ResponseType::IdToken => request.scopes.as_slice(),
        ResponseType::Code
        | ResponseType::IdTokenToken
        | ResponseType::CodeIdToken
        | ResponseType::CodeToken
        | ResponseType::CodeIdTokenToken => &[],
    };
    Wanted::of_scopes(scopes).and(request.claims.id_token.as_ref(), |scope| granted.client.may_ask_for(scope))
}

async fn access_token(
    app: &App,
    granted: Granted<'_>,
    ((grant, terms), settings): ((&GrantId, &Terms), &TokenSettings),
    cause: &Cause<'_>,
) -> Result<(String, FrontChannelTokens), KeyError> {
    let client = granted.client;
    let (registry, naming) = (scope::registry(app).await?, Naming::of(app, client).await?);
    let whole = token_endpoint::whole(&registry, terms);
    let wanted = AccessTokenFor {
        client,
        lifetime: Lifetimes::choose(client.lifetimes.access, settings.access, settings.longest),
        scopes: &whole.scopes,
        audience: &whole.audience,
        details: &whole.details,
        customer: Some(terms.customer(grant, &naming)),
        confirmation: &Confirmation::default(),
        act: None,
    };
    let minted = tokens::access_token(app, &wanted).await?;
    let family = Grant::without_refresh(grant.clone(), terms.clone(), app.clock.now(), minted.lifetime);
    let mut writes = Vec::from(grants::created(app, &family, cause));
    writes.extend(minted.writes);
    let text = minted.token.expose().clone();
    let mut said = vec![
        ("access_token", text.clone()),
        ("token_type", "Bearer".to_owned()),
        ("expires_in", minted.lifetime.as_secs().to_string()),
    ];
    said.extend(Some(whole.scopes.join(" ")).filter(|scope| !scope.is_empty()).map(|scope| ("scope", scope)));
    Ok((text, FrontChannelTokens { writes, said }))
}
