//! Whom to ask (CIBA Core §7.1): exactly one hint names the customer.

use crate::app::App;
use crate::client::{Client, OnceKind};
use crate::http::Params;
use crate::identity::{self, User};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::oauth::subject::{self, Naming};
use crate::oauth::{OAuthError, assertion};
use crate::settings::{self, AssertionPurpose};
use crate::store::{Stored, Write};

const HINTS: [&str; 3] = ["login_hint", "id_token_hint", "login_hint_token"];
/// The sealer's label of what requests are counted by.
const LABEL: &str = "ciba_hint";

/// Whom a hint names.
pub(super) struct Hinted {
    /// The customer, if there is one who is active.
    pub(super) user: Option<Stored<User>>,
    /// The write that uses up a hint that works once.
    pub(super) spends: Option<Write>,
}

/// Reads the hint.
pub(super) async fn read(app: &App, client: &Client, params: &Params) -> Result<Hinted, OAuthError> {
    let given: Vec<_> = HINTS.into_iter().filter_map(|name| Some((name, params.get(name)?))).collect();
    let wrong = |detail: &'static str| OAuthError::InvalidRequest(detail.into());
    let [(name, text)] = given.as_slice() else {
        return Err(wrong("exactly one of login_hint, id_token_hint and login_hint_token must be given"));
    };
    count(app, client, text).await?;
    let (named, spends) = match *name {
        "login_hint" => (by_name(app, client, text).await?, None),
        "id_token_hint" => (by_id_token(app, client, text).await?, None),
        _ => by_token(app, client, text).await?,
    };
    let now = app.clock.now();
    Ok(Hinted { user: named.filter(|user| user.is_active(now)), spends })
}

/// Counts the requests of a client by what it says, not by whom it means: else it would learn which hints are the same customer's.
async fn count(app: &App, client: &Client, text: &str) -> Result<(), OAuthError> {
    let said = [client.id.as_bytes(), text.as_bytes()].join(&0);
    let key = sealer(app).await?.mac_text(LABEL, &said);
    Ok(limit::take(app, Bucket::Backchannel, &key).await?)
}

/// An identifier, or the client's name for the customer (`sub`).
async fn by_name(app: &App, client: &Client, text: &str) -> Result<Option<Stored<User>>, OAuthError> {
    if let Some(user) = Naming::of(app, client).await?.find(text) {
        return Ok(identity::load(app, &user).await?);
    }
    let settings = settings::load(app).await?;
    let region = settings.identity.default_phone_region.as_deref();
    Ok(identity::load_proven(app, text, region).await?)
}

/// An ID token of ours for this client, expired or not.
async fn by_id_token(app: &App, client: &Client, text: &str) -> Result<Option<Stored<User>>, OAuthError> {
    match subject::hinted(app, client, text).await? {
        Some(user) => Ok(identity::load(app, &user).await?),
        None => Err(OAuthError::InvalidRequest(
            "`id_token_hint` is not an ID token that was issued to this client".into(),
        )),
    }
}

/// What somebody says whom the deployment trusts with naming customers.
async fn by_token(
    app: &App,
    client: &Client,
    text: &str,
) -> Result<(Option<Stored<User>>, Option<Write>), OAuthError> {
    let settings = settings::load(app).await?;
    let wrong = |fault: String| OAuthError::InvalidRequest(format!("`login_hint_token`: {fault}").into());
    let asserted = assertion::read(app, &settings, AssertionPurpose::LoginHint, (client, text)).await;
    let asserted = asserted.map_err(wrong)?;
    let spends = asserted.once.spend(app, &asserted.issuer.issuer.iss, OnceKind::Grant);
    let spends = spends.ok_or_else(|| wrong("it does not hold any more".to_owned()))?;
    Ok((asserted.customer(app, &settings).await?, Some(spends)))
}
