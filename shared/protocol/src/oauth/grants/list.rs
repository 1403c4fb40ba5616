//! Reading grants.

use super::{Grant, key};
use crate::app::App;
use crate::id::{GrantId, UserId};
use crate::identity::User;
use crate::store::{self, Order, Page, StoreError, Stored};

/// A grant as it is now, dead or alive.
///
/// # Errors
/// When the store does not answer.
pub async fn load(app: &App, user: &UserId, grant: &GrantId) -> Result<Option<Stored<Grant>>, StoreError> {
    store::get_now(app, key(user, grant.as_str())).await
}

/// The live grants of `user`, all of them: one customer has as many as sign-ins that still hold.
///
/// # Errors
/// When the store does not answer.
pub async fn list(app: &App, user: &User) -> Result<Vec<Grant>, StoreError> {
    let mut grants = list_unrevoked(app, &user.id).await?;
    grants.retain(|grant| grant.is_admitted(user));
    Ok(grants)
}

/// The same with those that acts of the customer have ended, and that are not revoked yet.
pub(super) async fn list_unrevoked(app: &App, user: &UserId) -> Result<Vec<Grant>, StoreError> {
    const PAGE: i32 = 200;
    let now = app.clock.now();
    let mut grants = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let (found, next) = store::query::<Grant>(app, &key(user, ""), Order::Ascending, page).await?;
        grants.extend(found.into_iter().map(|stored| stored.entity).filter(|grant| grant.is_live(now)));
        match next {
            Some(cursor) => page = Page { limit: PAGE, after: Some(cursor) },
            None => return Ok(grants),
        }
    }
}
