//! The customer's decision: once, and in time.

use super::{Pending, key};
use crate::app::App;
use crate::identity::User;
use crate::oauth::authorization::RequestedClaims;
use crate::oauth::grants::Terms;
use crate::session::Session;
use crate::store::{Condition, Update, Write};

/// The write that grants what was asked for, to be redeemed in the session of who decided, whose account is `user`. Refused when it was decided before, or is
/// too late.
#[must_use]
pub fn grant_write(app: &App, pending: &Pending, session: &Session, user: &User) -> Write {
    let terms = Terms {
        user: session.user.clone(),
        epoch: user.epoch,
        client: pending.client.clone(),
        session: Some(session.id.clone()),
        scopes: pending.scopes.clone(),
        resources: pending.resources.clone(),
        details: pending.details.clone(),
        claims: RequestedClaims::default(),
        auth_time: Some(session.auth_time),
        acr: Some(session.acr.name().to_owned()),
        amr: session.amr.clone(),
    };
    decide(app, pending).set("granted", &terms).into()
}

/// The write that refuses it. Refused as [`grant_write`].
#[must_use]
pub fn deny_write(app: &App, pending: &Pending) -> Write {
    decide(app, pending).into()
}

fn decide(app: &App, pending: &Pending) -> Update {
    let now = app.clock.now();
    Update::of::<Pending>(key(&pending.hash)).set("decided_at", &now).when(&[
        Condition::Exists,
        Condition::Absent("decided_at"),
        Condition::Above("expires_at", now.0),
    ])
}
