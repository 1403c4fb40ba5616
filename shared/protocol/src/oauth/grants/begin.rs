//! The beginning of a grant.

use serde_json::json;

use super::Grant;
use crate::app::App;
use crate::hook::{Cause, EventKind};
use crate::identity::{self, Begun, User};
use crate::store::{self, StoreError, Stored, Write};

/// The writes of `grant` itself, and of its event.
pub(in crate::oauth) fn created(app: &App, grant: &Grant, cause: &Cause<'_>) -> [Write; 2] {
    let terms = &grant.terms;
    let event = cause.event(app, EventKind::GrantCreated).to(&terms.user).of_client(&terms.client);
    let event = event.with(json!({ "grant": grant.id, "session": terms.session, "scopes": terms.scopes }));
    [Write::create(grant), event.announce()]
}

/// What is written with a grant that begins.
pub(in crate::oauth) struct With {
    /// What is used up for it; the first write, where there is one.
    pub(in crate::oauth) consumes: Option<Write>,
    /// What its first tokens need.
    pub(in crate::oauth) minted: Vec<Write>,
}

/// Begins `grant`, in one transaction. Refused when what is used up for it was used before, or when the customer was blocked, signed out or
/// withdrew it since they approved: the counter is held against the one of then, and the account is judged where an act came in between.
pub(in crate::oauth) async fn begin(
    app: &App,
    grant: &Grant,
    with: With,
    cause: &Cause<'_>,
) -> Result<(), StoreError> {
    let terms = &grant.terms;
    let mut writes: Vec<Write> = with.consumes.into_iter().collect();
    let check = writes.len();
    writes.push(identity::current_check(&terms.user, terms.epoch));
    writes.extend(created(app, grant, cause));
    writes.extend(with.minted);
    store::transact_rechecked(app, writes, check, |user: &Stored<User>| {
        let goes_on =
            user.is_active(app.clock.now()) && user.admits(Begun::Approval(terms.access()), terms.epoch);
        goes_on.then(|| identity::current_check(&user.id, user.epoch))
    })
    .await
}
