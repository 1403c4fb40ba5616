//! Whom to ask (CIBA Core §7.1): exactly one hint names the customer.

use crate::app::App;
use crate::client::Client;
use crate::http::Params;
use crate::id::UserId;
use crate::identity::{self, IdentifierKind, User, parse_identifier};
use crate::keys::sealer;
use crate::oauth::subject::{self, Naming};
use crate::oauth::{OAuthError, assertion};
use crate::settings::{self, AssertionPurpose};
use crate::store::Stored;

const HINTS: [&str; 3] = ["login_hint", "id_token_hint", "login_hint_token"];

/// Whom a hint names.
pub(super) struct Hinted {
    /// The customer, if there is one who is active.
    pub(super) user: Option<Stored<User>>,
    /// By what requests for the same customer are counted, whether there is one or not.
    pub(super) key: String,
}

/// Reads the hint.
pub(super) async fn read(app: &App, client: &Client, params: &Params) -> Result<Hinted, OAuthError> {
    let given: Vec<_> = HINTS.into_iter().filter_map(|name| Some((name, params.get(name)?))).collect();
    let wrong = |detail: &'static str| OAuthError::InvalidRequest(detail.into());
    let [(name, text)] = given.as_slice() else {
        return Err(wrong("exactly one of login_hint, id_token_hint and login_hint_token must be given"));
    };
    let hinted = match *name {
        "login_hint" => by_name(app, client, text).await?,
        "id_token_hint" => by_id_token(app, client, text).await?,
        _ => by_token(app, client, text).await?,
    };
    let now = app.clock.now();
    Ok(Hinted { user: hinted.user.filter(|user| user.is_active(now)), ..hinted })
}

/// An identifier, or the client's name for the customer (`sub`).
async fn by_name(app: &App, client: &Client, text: &str) -> Result<Hinted, OAuthError> {
    if let Some(user) = Naming::of(app, client).await?.find(text) {
        return by_subject(app, &user).await;
    }
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    match parse_identifier(text, &IdentifierKind::ALL, region) {
        Ok(identifier) => {
            let key = identifier.mac(&*sealer(app).await?);
            let user = identity::load_by(app, &identifier).await?;
            Ok(Hinted { key: user.as_ref().map_or(key, |user| user.id.to_string()), user })
        }
        Err(_) => Ok(Hinted { user: None, key: text.chars().take(64).collect() }),
    }
}

/// An ID token of ours for this client, expired or not.
async fn by_id_token(app: &App, client: &Client, text: &str) -> Result<Hinted, OAuthError> {
    match subject::hinted(app, client, text).await? {
        Some(user) => by_subject(app, &user).await,
        None => Err(OAuthError::InvalidRequest(
            "`id_token_hint` is not an ID token that was issued to this client".into(),
        )),
    }
}

/// What somebody says whom the deployment trusts with naming customers.
async fn by_token(app: &App, client: &Client, text: &str) -> Result<Hinted, OAuthError> {
    let settings = settings::load(app).await?;
    let asserted = assertion::read(app, &settings, AssertionPurpose::LoginHint, (client, text))
        .await
        .map_err(|fault| OAuthError::InvalidRequest(format!("`login_hint_token`: {fault}").into()))?;
    let user = asserted.customer(app, &settings).await?;
    let key =
        user.as_ref().map_or_else(|| asserted.subject.chars().take(64).collect(), |user| user.id.to_string());
    Ok(Hinted { user, key })
}

async fn by_subject(app: &App, user: &UserId) -> Result<Hinted, OAuthError> {
    Ok(Hinted { user: identity::load(app, user).await?, key: user.to_string() })
}
