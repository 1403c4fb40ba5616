//! Assertions that name a customer (RFC 7521, RFC 7523 §3): of issuers whom the deployment trusts with that, for us, and for a short time.

use serde::Deserialize;

use super::trusted;
use crate::app::App;
use crate::client::{Client, Once};
use crate::config::Config;
use crate::id::UserId;
use crate::identity::{self, User};
use crate::keys::jws::Recipients;
use crate::oauth::OAuthError;
use crate::settings::{AssertionIssuer, AssertionPurpose, Settings, SubjectKind};
use crate::store::Stored;

/// The longest that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// What an assertion says, verified.
pub(super) struct Asserted<'a> {
    /// Who says it.
    pub(super) issuer: &'a AssertionIssuer,
    /// About whom, as `issuer` calls them.
    pub(super) subject: String,
    /// When, and that it does so once.
    pub(super) once: Once,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Recipients,
    #[serde(flatten)]
    once: Once,
}

/// What the assertion `text` says, which `client` brings for this `purpose`.
///
/// # Errors
/// In words, what is wrong with it.
pub(super) async fn read<'a>(
    app: &App,
    settings: &'a Settings,
    purpose: AssertionPurpose,
    (client, text): (&Client, &str),
) -> Result<Asserted<'a>, String> {
    let issuers = settings.oauth.assertion_issuers.iter().filter(|one| one.purpose == purpose);
    let verified = trusted::verify::<_, Claims>(app, issuers, (text, LONGEST)).await;
    let (issuer, Claims { sub, aud, once }) = verified.map_err(|error| error.to_string())?;
    if issuer.is_ambiguous(&settings.oauth.assertion_issuers) {
        return Err(
            "its issuer is trusted with grants and with hints by the same keys: it needs one for each"
                .to_owned(),
        );
    }
    if !issuer.clients.contains(&client.id) {
        return Err("the client may not bring assertions of this issuer".to_owned());
    }
    if !aud.include(&recipients(&app.config)) {
        return Err("its `aud` is not this issuer".to_owned());
    }
    if !once.holds(app.clock.now()) {
        return Err("it has no `jti` or `exp`, holds for more than an hour, or not now".to_owned());
    }
    Ok(Asserted { issuer, subject: sub, once })
}

fn recipients(config: &Config) -> Vec<String> {
    std::iter::once(config.issuer.clone()).chain(config.urls("/oauth2/token")).collect()
}

impl Asserted<'_> {
    /// The customer whom it names, if there is one whose account is active and who has proven to be called so.
    pub(super) async fn customer(
        &self,
        app: &App,
        settings: &Settings,
    ) -> Result<Option<Stored<User>>, OAuthError> {
        let found = match self.issuer.subject {
            SubjectKind::Id => match self.subject.parse::<UserId>() {
                Ok(id) => identity::load(app, &id).await?,
                Err(_) => None,
            },
            SubjectKind::Identifier => {
                let region = settings.identity.default_phone_region.as_deref();
                identity::load_proven(app, &self.subject, region).await?
            }
        };
        let now = app.clock.now();
        Ok(found.filter(|user| user.is_active(now)))
    }
}
