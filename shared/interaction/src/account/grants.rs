//! What a customer has granted to clients: by consent, and in sign-ins that still hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{AccountError, moment};
use crate::app::App;
use crate::client::{self, Client};
use crate::clock::Timestamp;
use crate::consent;
use crate::hook::Cause;
use crate::identity::{self, Act, User};
use crate::oauth::details::Details;
use crate::oauth::grants::{self, Grant, Reason};
use crate::oauth::scope::{self, OPENID};
use crate::page::{GrantRow, Link, Locale};
use crate::store::{self, StoreError, Stored};

/// No client has a longer id, in bytes.
const LONGEST_ID: usize = 128;

/// A client with access to the account.
pub struct Granted {
    client_id: String,
    /// The client, if it is registered still.
    client: Option<Arc<Client>>,
    scopes: Vec<String>,
    /// What exactly, in sign-ins that still hold: to details nobody consents for longer.
    details: Details,
    since: Timestamp,
}

/// The clients with access to the account, the most recent ones first.
///
/// # Errors
/// When the store does not answer.
pub async fn list_grants(app: &App, user: &User) -> Result<Vec<Granted>, AccountError> {
    let (consents, grants) = tokio::join!(consent::list(app, &user.id), grants::list(app, user));
    let (consents, grants) = (consents?, grants?);
    let none = Details::default();
    let consented = consents.iter().map(|consent| (&consent.client, &consent.scopes, &none, consent.since));
    let signed_in = grants
        .iter()
        .map(|Grant { terms, created_at, .. }| (&terms.client, &terms.scopes, &terms.details, *created_at));
    let mut found: BTreeMap<&String, Granted> = BTreeMap::new();
    for (client, scopes, details, since) in consented.chain(signed_in) {
        let granted = found.entry(client).or_insert_with(|| Granted::nothing(client, since));
        let news: Vec<String> =
            scopes.iter().filter(|scope| !granted.scopes.contains(scope)).cloned().collect();
        granted.scopes.extend(news);
        granted.details.add(details);
        granted.since = since.min(granted.since);
    }
    let mut granted: Vec<Granted> = found.into_values().collect();
    for one in &mut granted {
        one.client = client::find(app, &one.client_id).await?;
    }
    granted.sort_by_key(|granted| std::cmp::Reverse(granted.since));
    Ok(granted)
}

/// Withdraws all that `user` has granted to `client`: its tokens are worth nothing any more, what it has not fetched yet is not given, and
/// it has to ask anew.
///
/// # Errors
/// When the client has nothing, or the store does not answer.
pub async fn withdraw(
    app: &App,
    user: &Stored<User>,
    client: &str,
    cause: &Cause<'_>,
) -> Result<(), AccountError> {
    if client.len() > LONGEST_ID {
        return Err(AccountError::NoGrant);
    }
    let (after, raise) = identity::raise_write(user, Act::Withdrawn(client));
    let consent = consent::withdraw_writes(app, &user.id, client, cause);
    let families = grants::list(app, user).await?;
    if families.iter().any(|grant| grant.terms.client == client) {
        let mut groups = grants::revoke_ended(app, &after, Reason::Withdrawn, cause).await?;
        groups.push(consent);
        store::transact_groups(app, vec![raise], groups).await.map_err(AccountError::of_race)?;
        return Ok(());
    }
    // Nothing is written for a client that has nothing.
    let writes = consent.into_iter().chain([raise]).collect();
    match store::transact(app, writes).await {
        Err(StoreError::Refused { index: 0, .. }) => Err(AccountError::NoGrant),
        outcome => outcome.map_err(AccountError::of_race),
    }
}

impl Granted {
    fn nothing(client: &str, since: Timestamp) -> Self {
        let (scopes, details) = (Vec::new(), Details::default());
        Self { client_id: client.to_owned(), client: None, scopes, details, since }
    }

    /// What customers know the client by.
    fn name(&self) -> &str {
        self.client.as_deref().map_or(&self.client_id, Client::display_name)
    }

    fn uri(&self) -> Option<&str> {
        self.client.as_deref().and_then(|client| client.links.client_uri.as_deref())
    }

    /// As the API shows it.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "client_id": self.client_id,
            "client_name": self.name(),
            "client_uri": self.uri(),
            "scopes": self.scopes,
            "authorization_details": self.details,
            "since": self.since.rfc3339(),
        })
    }

    /// As the page shows it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn row(&self, app: &App, locale: Locale) -> Result<GrantRow, AccountError> {
        let registry = scope::registry(app).await?;
        let scopes = self.scopes.iter().filter(|scope| *scope != OPENID);
        let scopes = scopes.map(|scope| app.pages.scope(locale, scope, registry.title(scope)));
        Ok(GrantRow {
            client_id: self.client_id.clone(),
            client: self.name().to_owned(),
            client_uri: self.uri().and_then(Link::parse),
            scopes: scopes.collect(),
            details: self.details.words(&registry),
            since: moment(self.since),
        })
    }
}
