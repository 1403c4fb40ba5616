//! What a customer has granted to clients: by consent, and in sign-ins that still hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::App;
use crate::client::{self, Client};
use crate::clock::Timestamp;
use crate::consent;
use crate::hook::{Cause, EventKind};
use crate::http::Problem;
use crate::id::UserId;
use crate::oauth::grants;
use crate::oauth::scope::{self, OPENID};
use crate::page::{GrantRow, Link, Scope};
use crate::store::{self, Page};

/// A client with access to the account.
pub struct Granted {
    /// The client's id.
    pub client_id: String,
    /// The client, if it is registered still.
    pub client: Option<Arc<Client>>,
    /// What it may have.
    pub scopes: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

/// The clients with access to the account, the most recent ones first.
///
/// # Errors
/// When the store does not answer.
pub async fn list_grants(app: &App, user: &UserId) -> Result<Vec<Granted>, Problem> {
    let mut found: BTreeMap<String, (Vec<String>, Timestamp)> = BTreeMap::new();
    let mut add = |client: &str, scopes: &[String], since: Timestamp| {
        let (known, first) = found.entry(client.to_owned()).or_insert_with(|| (Vec::new(), since));
        let news: Vec<String> = scopes.iter().filter(|scope| !known.contains(scope)).cloned().collect();
        known.extend(news);
        *first = since.min(*first);
    };
    for consent in consents(app, user).await? {
        add(&consent.client, &consent.scopes, consent.since);
    }
    for grant in grants::list(app, user).await? {
        add(&grant.terms.client, &grant.terms.scopes, grant.created_at);
    }
    let mut granted = Vec::new();
    for (client_id, (scopes, since)) in found {
        let client = client::find(app, &client_id).await?;
        granted.push(Granted { client_id, client, scopes, since });
    }
    granted.sort_by_key(|granted| std::cmp::Reverse(granted.since));
    Ok(granted)
}

async fn consents(app: &App, user: &UserId) -> Result<Vec<consent::Consent>, Problem> {
    const PAGE: i32 = 200;
    let mut consents = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (found, next) = consent::list(app, user, page).await?;
        consents.extend(found.into_iter().map(|stored| stored.entity));
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Ok(consents),
        }
    }
}

/// Withdraws all that `user` has granted to `client`: it will have to ask again.
///
/// # Errors
/// 404 when the client has nothing.
pub async fn withdraw(app: &App, user: &UserId, client: &str, cause: &Cause<'_>) -> Result<(), Problem> {
    let consented = consent::find(app, user, client).await?.is_some();
    if consented {
        let event = cause.event(app, EventKind::GrantRevoked).to(user).of_client(client);
        let event = event.with(serde_json::json!({ "reason": "consent_withdrawn" }));
        store::transact(app, vec![consent::forget_write(user, client), event.announce()]).await?;
    }
    let revoked = grants::revoke(app, user, client, cause).await?;
    if !consented && revoked == 0 {
        return Err(Problem::not_found("no_such_grant", "this client has no access to the account"));
    }
    Ok(())
}

impl Granted {
    /// What customers know the client by.
    #[must_use]
    pub fn name(&self) -> &str {
        self.client.as_deref().map_or(&self.client_id, Client::display_name)
    }

    /// As the page shows it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn row(&self, app: &App) -> Result<GrantRow, Problem> {
        let registry = scope::registry(app).await?;
        let scopes = self.scopes.iter().filter(|scope| *scope != OPENID).map(|scope| Scope {
            name: scope.clone(),
            title: registry.title(scope).map(str::to_owned),
            description: None,
        });
        let uri = self.client.as_deref().and_then(|client| client.links.client_uri.as_deref());
        Ok(GrantRow {
            client_id: self.client_id.clone(),
            client: self.name().to_owned(),
            client_uri: uri.and_then(Link::parse),
            scopes: scopes.collect(),
            since: super::moment(self.since),
        })
    }
}
