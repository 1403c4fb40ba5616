//! What customers allow clients: `user#<uid>`/`consent#<client>`, with every client once.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Cause, EventKind};
use crate::id::UserId;
use crate::identity;
use crate::store::{self, Condition, Entity, Key, Order, Page, StoreError, Stored, Table, Write};

/// What one customer allows one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who allows it.
    pub user: UserId,
    /// Which client.
    pub client: String,
    /// What.
    pub scopes: Vec<String>,
    /// Since when the client is allowed anything.
    pub since: Timestamp,
    /// When the customer was last asked.
    pub at: Timestamp,
}

impl Consent {
    /// This consent, asked for again with `scopes`: what was allowed before stays allowed.
    fn widened(mut self, scopes: &[String], at: Timestamp) -> Self {
        let news = scopes.iter().filter(|scope| !self.scopes.contains(scope)).cloned().collect::<Vec<_>>();
        self.scopes.extend(news);
        self.at = at;
        self
    }
}

impl Entity for Consent {
    const TYPE: &'static str = "consent";
    const TABLE: Table = Table::Identities;

    fn key(&self) -> Key {
        key(&self.user, &self.client)
    }
}

/// Where the consent of `user` to `client` rests.
#[must_use]
pub fn key(user: &UserId, client: &str) -> Key {
    Key::new(identity::partition(user), format!("consent#{client}"))
}

/// What `user` allows `client`.
///
/// # Errors
/// When the store does not answer.
pub async fn find(app: &App, user: &UserId, client: &str) -> Result<Option<Stored<Consent>>, StoreError> {
    store::get_now(app, key(user, client)).await
}

/// All that `user` allows: one customer uses as many clients as people do.
///
/// # Errors
/// When the store does not answer.
pub async fn list(app: &App, user: &UserId) -> Result<Vec<Consent>, StoreError> {
    const PAGE: i32 = 200;
    let mut consents = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (found, next) = store::query::<Consent>(app, &key(user, ""), Order::Ascending, page).await?;
        consents.extend(found.into_iter().map(|stored| stored.entity));
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Ok(consents),
        }
    }
}

/// The writes that allow `client` these `scopes` as well. Refused when another browser answered meanwhile.
#[must_use]
pub fn grant_writes(
    app: &App,
    known: Option<Stored<Consent>>,
    (user, client, scopes): (&UserId, &str, &[String]),
    cause: &Cause<'_>,
) -> Vec<Write> {
    let now = app.clock.now();
    let event = cause
        .event(app, EventKind::ConsentGranted)
        .to(user)
        .of_client(client)
        .with(json!({ "scopes": scopes }));
    let write = match known {
        Some(Stored { entity, rev }) => Write::replace(&Stored { entity: entity.widened(scopes, now), rev }),
        None => Write::create(&Consent {
            user: user.clone(),
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            since: now,
            at: now,
        }),
    };
    vec![write, event.announce()]
}

/// The event that tells that `user` refused `client` what it asked for.
#[must_use]
pub fn deny_write(app: &App, user: &UserId, client: &str, cause: &Cause<'_>) -> Write {
    cause.event(app, EventKind::ConsentDenied).to(user).of_client(client).announce()
}

/// The writes that forget what `user` allows `client`: it asks anew. Refused when there is nothing to forget.
#[must_use]
pub fn withdraw_writes(app: &App, user: &UserId, client: &str, cause: &Cause<'_>) -> Vec<Write> {
    let event = cause.event(app, EventKind::ConsentWithdrawn).to(user).of_client(client);
    vec![Write::delete::<Consent>(key(user, client), &[Condition::Exists]), event.announce()]
}

/// Demands in a transaction that the customer has not changed or withdrawn it since it was read.
#[must_use]
pub fn unchanged_check(known: &Stored<Consent>) -> Write {
    Write::check::<Consent>(known.key(), &[Condition::number("rev", known.rev)])
}

/// Demands in a transaction that `user` still allows `client` something.
#[must_use]
pub fn given_check(user: &UserId, client: &str) -> Write {
    Write::check::<Consent>(key(user, client), &[Condition::Exists])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_consent_keeps_what_was_allowed() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let consent = Consent {
            user: UserId::from_bytes([1; 16]),
            client: "shop".to_owned(),
            scopes: texts(&["openid", "email"]),
            since: Timestamp(1),
            at: Timestamp(1),
        };
        let widened = consent.widened(&texts(&["openid", "phone"]), Timestamp(9));
        assert_eq!(widened.scopes, texts(&["openid", "email", "phone"]));
        assert_eq!((widened.since, widened.at), (Timestamp(1), Timestamp(9)));
    }
}
